internal import Glibc

package enum ProcessLockError: Error, Equatable, Sendable {
    /// Another process works on this data; nil when it has not written its pid yet.
    case held(path: String, pid: Int32?)
    case unavailable(path: String, errno: Int32)
}

extension ProcessLockError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .held(let path, let pid?): "process \(pid) holds \(path)"
        case .held(let path, nil): "another process holds \(path)"
        case .unavailable(let path, let code): "cannot lock \(path): \(String(cString: strerror(code)))"
        }
    }
}
