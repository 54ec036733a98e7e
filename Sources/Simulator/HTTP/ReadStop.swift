import NIOCore

/// Nearest to the socket: once stopped, nothing more is read, as from a peer that hangs. Turning `autoRead` off is not enough, since
/// the handlers for TLS and HTTP/2 ask to read by themselves.
final class ReadStop: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var isStopped = false

    /// Stops a channel; on its event loop.
    static func stop(_ channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.handler(type: ReadStop.self).isStopped = true
        } catch {
            // Closed meanwhile: then nothing is read either.
        }
    }

    func read(context: ChannelHandlerContext) {
        if !isStopped { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isStopped { context.fireChannelRead(data) }
    }
}
