import Glibc

/// A file that cannot be read or written.
package struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    package var errno: Int32

    package init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }

    package var description: String { "\(path): \(String(cString: strerror(errno)))" }
}
