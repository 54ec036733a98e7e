import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: requests one after another.
final class HTTP1Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let responder: Responder
    private let connection: Int
    private var assembler = RequestAssembler()
    private var keepsAlive = true

    init(responder: Responder, connection: Int) {
        self.responder = responder
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            keepsAlive = head.isKeepAlive
            assembler.begin(
                ReceivedRequest(
                    version: .http1,
                    method: head.method.rawValue,
                    target: head.uri,
                    headers: head.headers.map { ($0.name.lowercased(), $0.value) },
                    connection: connection
                )
            )
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
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        if answer.status != 204 { headers.add(name: "content-length", value: String(answer.body.count)) }
        if !keepsAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !answer.body.isEmpty {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: answer.body)))),
                promise: nil
            )
        }
        let closes = !keepsAlive
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if closes { bound.value.close(promise: nil) }
        }
    }
}
