import NIOCore

/// Who sits at the other end of a Unix socket [unix(7), SO_PEERCRED].
enum PeerCredential {
    /// `struct ucred`, which Glibc's module hides behind _GNU_SOURCE.
    private struct Credential {
        var pid: Int32
        var uid: UInt32
        var gid: UInt32
    }

    /// The same on all of Linux but MIPS, SPARC and PA-RISC [asm-generic/socket.h].
    private static let peerCredentialOption: CInt = 17

    /// nil when the connection is none of a Unix socket.
    static func uid(of context: APIContext) async -> UInt32? {
        guard let channel = context.channel, let options = channel as? any SocketOptionProvider,
            channel.localAddress?.pathname != nil
        else { return nil }
        do {
            let found: Credential = try await options.unsafeGetSocketOption(
                level: .socket,
                name: NIOBSDSocket.Option(rawValue: peerCredentialOption)
            ).get()
            return found.uid
        } catch {
            // The peer may have gone already; the order then goes by the name it gave.
            return nil
        }
    }
}
