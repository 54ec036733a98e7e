import NIOCore
import NIOHPACK
import NIOHTTP2

/// One HTTP/2 stream: a request in, at most one answer out.
final class HTTP2StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let responder: Responder
    private let connection: HTTP2Connection
    private var assembler = RequestAssembler()

    init(responder: Responder, connection: HTTP2Connection) {
        self.responder = responder
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            // A second block of headers is trailers, which mean nothing here.
            if assembler.request == nil { assembler.begin(request(frame.headers)) }
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
        let streamID = Self.streamID(context)
        guard let request = assembler.end(), !connection.leavesOut(streamID) else { return }
        if isTooLarge { return write(Answer(status: 413), context: context) }
        let response = responder.respond(to: request)
        let isDropped = response.connectionActions.leaveOutRequest
        if !isDropped { connection.processed(streamID) }
        // A GOAWAY that leaves the request out must not come after later ones were taken on.
        guard response.delayMilliseconds > 0, !isDropped else {
            return act(on: response, streamID: streamID, context: context)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(response.delayMilliseconds)) {
            let (handler, context) = bound.value
            handler.act(on: response, streamID: streamID, context: context)
        }
    }

    private func act(on response: Responder.Response, streamID: HTTP2StreamID, context: ChannelHandlerContext) {
        for action in response.connectionActions { connection.perform(action, streamID: streamID) }
        switch response.reply {
        case .answer(let answer): write(answer, context: context)
        case .silence: break
        case .reset(let code):
            guard context.channel.isActive else { return }
            let frame = HTTP2Frame.FramePayload.rstStream(HTTP2ErrorCode(networkCode: Int(code)))
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        case .close: connection.close()
        case .freeze: connection.freeze()
        }
    }

    private static func streamID(_ context: ChannelHandlerContext) -> HTTP2StreamID {
        do {
            guard let options = context.channel.syncOptions else { return .rootStream }
            return try options.getOption(HTTP2StreamChannelOptions.streamID)
        } catch {
            // Only a channel that is no stream has none.
            return .rootStream
        }
    }

    private func write(_ answer: Answer, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var headers = HPACKHeaders([(":status", String(answer.status))])
        for (name, value) in answer.headers { headers.add(name: name, value: value) }
        let pieces = answer.pieces
        let isEmpty = pieces.isEmpty
        if !isEmpty { headers.add(name: "content-length", value: String(answer.body.count)) }
        let head = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: isEmpty))
        if isEmpty {
            context.writeAndFlush(wrapOutboundOut(head), promise: nil)
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            for (index, piece) in pieces.enumerated() {
                let data = IOData.byteBuffer(context.channel.allocator.buffer(bytes: piece))
                let isLast = index == pieces.count - 1
                context.writeAndFlush(wrapOutboundOut(.data(.init(data: data, endStream: isLast))), promise: nil)
            }
        }
        if (200..<300).contains(answer.status) { connection.accepted() }
    }

    private func request(_ headers: HPACKHeaders) -> ReceivedRequest {
        var request = ReceivedRequest(
            method: headers.first(name: ":method") ?? "",
            target: headers.first(name: ":path") ?? "",
            connection: connection.number
        )
        request.ordinal = connection.nextOrdinal()
        request.listener = connection.listener
        request.authority = headers.first(name: ":authority") ?? headers.first(name: "host") ?? ""
        for (name, value, _) in headers where name.utf8.first != UInt8(ascii: ":") {
            request.headers.append((name, value))
        }
        return request
    }
}
