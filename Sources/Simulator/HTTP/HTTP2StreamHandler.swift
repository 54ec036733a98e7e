import NIOCore
import NIOHPACK
import NIOHTTP2

/// One HTTP/2 stream: a request in, at most one answer out.
final class HTTP2StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let responder: Responder
    private let connection: Int
    private var assembler = RequestAssembler()

    init(responder: Responder, connection: Int) {
        self.responder = responder
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            // A second block of headers is trailers, which mean nothing here.
            if assembler.request == nil { assembler.begin(Self.request(frame.headers, connection: connection)) }
            if frame.endStream { finish(context: context) }
        case .data(let frame):
            if case .byteBuffer(let buffer) = frame.data {
                assembler.append(buffer.readableBytesView, count: buffer.readableBytes)
            }
            if frame.endStream { finish(context: context) }
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream the client reset: its connection lives on.
        context.close(promise: nil)
    }

    private func finish(context: ChannelHandlerContext) {
        let isTooLarge = assembler.isTooLarge
        guard let request = assembler.end() else { return }
        if isTooLarge { return write(Answer(status: 413), context: context) }
        let response = responder.respond(to: request)
        guard case .answer(let answer) = response.reply else { return }
        guard response.delayMilliseconds > 0 else { return write(answer, context: context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(response.delayMilliseconds)) {
            let (handler, context) = bound.value
            handler.write(answer, context: context)
        }
    }

    private func write(_ answer: Answer, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var headers = HPACKHeaders([(":status", String(answer.status))])
        for (name, value) in answer.headers { headers.add(name: name, value: value) }
        let isEmpty = answer.body.isEmpty
        if !isEmpty { headers.add(name: "content-length", value: String(answer.body.count)) }
        let head = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: isEmpty))
        if isEmpty {
            context.writeAndFlush(wrapOutboundOut(head), promise: nil)
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            let body = context.channel.allocator.buffer(bytes: answer.body)
            context.writeAndFlush(wrapOutboundOut(.data(.init(data: .byteBuffer(body), endStream: true))), promise: nil)
        }
    }

    private static func request(_ headers: HPACKHeaders, connection: Int) -> ReceivedRequest {
        var request = ReceivedRequest(
            method: headers.first(name: ":method") ?? "",
            target: headers.first(name: ":path") ?? "",
            connection: connection
        )
        for (name, value, _) in headers where name.utf8.first != UInt8(ascii: ":") {
            request.headers.append((name, value))
        }
        return request
    }
}
