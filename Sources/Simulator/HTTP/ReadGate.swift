import NIOCore

/// Nearest to the socket: once shut, nothing more is read, as from a peer that hangs. Turning `autoRead` off is not enough, since
/// the handlers for TLS and HTTP/2 ask to read by themselves.
final class ReadGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var isShut = false

    /// Shuts the gate of a channel; on its event loop.
    static func shut(_ channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.handler(type: ReadGate.self).isShut = true
        } catch {
            // Closed meanwhile: then nothing is read either.
        }
    }

    func read(context: ChannelHandlerContext) {
        if !isShut { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isShut { context.fireChannelRead(data) }
    }
}
