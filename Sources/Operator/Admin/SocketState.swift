import Glibc
import Settings

/// Why nobody answers on a Unix socket. The client library speaks of "localhost port 80", whatever the path.
struct SocketState {
    /// nil: somebody takes connections.
    let sentence: String?

    init(_ path: String) {
        let code = UnixSocket.connect(to: path)
        sentence = code == 0 ? nil : Self.sentence(code)
    }

    private static func sentence(_ number: Int32) -> String {
        switch number {
        case ENAMETOOLONG: say("the path is longer than a socket's may be")
        case ENOENT: say("there is no such socket: the service does not run, or listen.admin is another")
        case ECONNREFUSED: say("the socket is there, and nobody listens on it: the service has ended")
        case EACCES, EPERM: say("this user may not open the socket")
        case ENOTSOCK: say("it is a file and no socket")
        default: systemText(number)
        }
    }
}
