import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Asks for `100 Continue`; sent down the channel by whoever begins to read a body.
struct BodyWanted: Sendable {}

/// Puts ``ConnectionRules`` into force on one channel: a handler before the decoder sees bytes, one behind it sees requests and answers.
///
/// Added where the server library lets handlers in; takes its own two places in ``handlerAdded(context:)``. Everything here belongs to
/// the channel's event loop.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let table: ConnectionTable
    private let limits: ListenerLimits

    init(table: ConnectionTable, limits: ListenerLimits) {
        self.table = table
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        guard let slot = table.open(channel) else {
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.whenComplete { [table] _ in table.close(slot) }
        let connection = GuardedConnection(
            loop: context.eventLoop,
            table: table,
            slot: slot,
            times: limits.times
        )
        do {
            try setBuffers(channel)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ByteGate(connection), position: .before(decoder))
            try pipeline.addHandler(RequestGate(connection), position: .after(decoder))
        } catch { channel.close(promise: nil) }
    }

    /// A read is at most a head long, so that what nobody has asked for yet stays in the kernel.
    private func setBuffers(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
        try options.setOption(.maxMessagesPerRead, value: 1)
        if let bytes = limits.sendBufferBytes, channel.remoteAddress?.port != nil {
            try options.setOption(.socketOption(.so_sndbuf), value: .init(bytes))
        }
    }
}

/// What the two handlers of a connection share.
private final class GuardedConnection {
    var rules = ConnectionRules()
    var holdsRead = false
    var refuse: ((ConnectionRefusal) -> Void)?
    let times: ConnectionRules.Times
    private let loop: any EventLoop
    private let table: ConnectionTable
    private let slot: ConnectionSlots.ID
    private var wasIdle = true
    private var deadline: NIODeadline?
    private var isScheduled = false

    func turnedAway(_ refusal: ConnectionRefusal) { table.turnedAway("\(refusal)") }

    init(loop: any EventLoop, table: ConnectionTable, slot: ConnectionSlots.ID, times: ConnectionRules.Times) {
        self.loop = loop
        self.table = table
        self.slot = slot
        self.times = times
    }

    /// After something happened: the time begins anew, except that of a head, which runs from its first byte.
    func progressed(_ context: ChannelHandlerContext, keepsDeadline: Bool = false) {
        if rules.isIdle != wasIdle {
            wasIdle = rules.isIdle
            if wasIdle { table.isIdle(slot) } else { table.isBusy(slot) }
        }
        if keepsDeadline, deadline != nil { return }
        deadline = rules.allowance(times).map { .now() + TimeAmount($0) }
        schedule(context.channel)
    }

    /// One task at a time: it looks whether the time has moved on.
    private func schedule(_ channel: any Channel) {
        guard !isScheduled, let deadline else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            self.isScheduled = false
            guard let deadline = self.deadline else { return }
            if deadline > .now() { self.schedule(channel) } else { channel.close(promise: nil) }
        }
    }
}

/// Before the decoder.
private final class ByteGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: GuardedConnection

    init(_ connection: GuardedConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) { connection.progressed(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.rules.takesRequests else { return }
        let wasReadingHead = connection.rules.isReadingHead
        connection.rules.received(bytes: unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
        connection.progressed(context, keepsDeadline: wasReadingHead && connection.rules.isReadingHead)
        if let refusal = connection.rules.refusal { connection.refuse?(refusal) }
    }

    func read(context: ChannelHandlerContext) {
        guard connection.rules.mayRead else {
            connection.holdsRead = true
            return
        }
        context.read()
    }
}

/// Behind the decoder, where requests come up and answers go down.
private final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: GuardedConnection

    init(_ connection: GuardedConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        connection.refuse = { [weak self] in self?.refuse($0, bound.value) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { connection.refuse = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.rules.takesRequests else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let refusal = connection.rules.received(ConnectionRules.Head(head)) { return refuse(refusal, context) }
        case .body: break
        case .end: connection.rules.receivedEnd()
        }
        context.fireChannelRead(data)
        connection.progressed(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // In the middle of a body the handler is told, and answers.
        guard let fault = error as? HTTPParserError, connection.rules.isIdle else {
            return context.fireErrorCaught(error)
        }
        refuse(fault == .headerOverflow ? .headTooLarge : .malformed, context)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if connection.rules.wantsBody() {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: nil
            )
        }
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard head.status.code >= 200 else { return context.write(data, promise: promise) }
            let saysClose = head.headers["connection"].contains { $0.lowercased() == "close" }
            if let field = connection.rules.answerBegins(saysClose: saysClose) {
                head.headers.replaceOrAdd(name: "Connection", value: field.rawValue)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            connection.progressed(context)
        case .body: watch(context, data, promise) { $0.connection.progressed($1) }
        case .end: watch(context, data, promise) { $0.left($1) }
        }
    }

    /// `then` runs when the bytes are the kernel's.
    private func watch(
        _ context: ChannelHandlerContext,
        _ data: NIOAny,
        _ promise: EventLoopPromise<Void>?,
        _ then: @escaping (RequestGate, ChannelHandlerContext) -> Void
    ) {
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenSuccess { then(self, context) }
        context.write(data, promise: written)
    }

    private func left(_ context: ChannelHandlerContext) {
        let ends = connection.rules.answerLeft()
        connection.progressed(context)
        // The peer sees the end behind the answer; the rest of the connection waits for the peer's own end, or a moment.
        if ends { context.close(mode: .output, promise: nil) }
        if connection.holdsRead, connection.rules.mayRead {
            connection.holdsRead = false
            context.read()
        }
    }

    /// Answers in the handler's place; what comes behind is dropped.
    private func refuse(_ refusal: ConnectionRefusal, _ context: ChannelHandlerContext) {
        guard connection.rules.isIdle, !connection.rules.isLingering else { return context.close(promise: nil) }
        connection.rules.refuse()
        connection.turnedAway(refusal)
        let body = ByteBuffer(bytes: refusal.problem.bytes)
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: refusal.problem.code.status))
        head.headers.add(name: "Content-Type", value: ProblemView.contentType)
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        head.headers.add(name: "Connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        watch(context, wrapOutboundOut(.end(nil)), nil) { $0.left($1) }
        context.flush()
        connection.progressed(context)
    }
}

extension ConnectionRules.Head {
    fileprivate init(_ head: HTTPRequestHead) {
        let connection = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        self.init(
            isHTTP10: head.version == .http1_0,
            hosts: head.headers["host"].count,
            expectsContinue: head.headers["expect"].contains { $0.lowercased() == "100-continue" },
            wantsClose: connection.contains("close"),
            wantsKeepAlive: connection.contains("keep-alive")
        )
    }
}
