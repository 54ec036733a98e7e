import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: requests one after another.
final class HTTP1Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let responder: Responder
    private let connection: Int
    private let listener: String
    private var requests = 0
    private var assembler = RequestAssembler()
    private var keepsAlive = true

    init(responder: Responder, connection: Int, listener: String) {
        self.responder = responder
        self.connection = connection
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            keepsAlive = head.isKeepAlive
            requests += 1
            var request = ReceivedRequest(
                version: .http1,
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers.map { ($0.name.lowercased(), $0.value) },
                connection: connection
            )
            request.ordinal = requests
            request.listener = listener
            request.authority = request.header("host") ?? ""
            assembler.begin(request)
        case .body(let buffer): assembler.append(buffer.readableBytesView, count: buffer.readableBytes)
        case .end: finish(context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func finish(context: ChannelHandlerContext) {
        let isTooLarge = assembler.isTooLarge
        guard let request = assembler.end() else { return }
        if isTooLarge { return write(Answer(status: 413), context: context) }
        let response = responder.respond(to: request)
        guard response.delayMilliseconds > 0 else { return act(on: response.reply, context: context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(response.delayMilliseconds)) {
            let (handler, context) = bound.value
            handler.act(on: response.reply, context: context)
        }
    }

    private func act(on reply: Reply, context: ChannelHandlerContext) {
        switch reply {
        case .answer(let answer): write(answer, context: context)
        case .silence: break
        case .reset, .close: context.close(promise: nil)
        case .freeze: ReadPause.begin(context.channel)
        }
    }

    private func write(_ answer: Answer, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        if answer.status != 204 { headers.add(name: "content-length", value: String(answer.body.count)) }
        if !keepsAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        for piece in answer.pieces {
            let buffer = context.channel.allocator.buffer(bytes: piece)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        let closes = !keepsAlive
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if closes { bound.value.close(promise: nil) }
        }
    }
}
