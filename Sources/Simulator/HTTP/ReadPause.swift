import NIOCore

/// Nearest to the socket: once begun, nothing more is read, as from a peer that hangs. Turning `autoRead` off is not enough, since
/// the handlers for TLS and HTTP/2 ask to read by themselves.
final class ReadPause: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var isPaused = false

    /// Begins on a channel; on its event loop.
    static func begin(_ channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.handler(type: ReadPause.self).isPaused = true
        } catch {
            // Closed meanwhile: then nothing is read either.
        }
    }

    func read(context: ChannelHandlerContext) {
        if !isPaused { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isPaused { context.fireChannelRead(data) }
    }
}
