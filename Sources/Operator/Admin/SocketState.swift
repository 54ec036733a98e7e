import Glibc

/// Why nobody answers on a Unix socket. The client library speaks of "localhost port 80", whatever the path.
struct SocketState {
    /// nil: somebody takes connections.
    let sentence: String?

    init(_ path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            sentence = say("the path is longer than a socket's may be")
            return
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { if descriptor >= 0 { close(descriptor) } }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let number = errno
        sentence = result == 0 ? nil : Self.sentence(number)
    }

    private static func sentence(_ number: Int32) -> String {
        switch number {
        case ENOENT: say("there is no such socket: the service does not run, or listen.admin is another")
        case ECONNREFUSED: say("the socket is there, and nobody listens on it: the service has ended")
        case EACCES, EPERM: say("this user may not open the socket")
        case ENOTSOCK: say("it is a file and no socket")
        default: systemText(number)
        }
    }
}
