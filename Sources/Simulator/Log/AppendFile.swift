import Glibc

/// A file opened for appending. Not synchronised to the disk: it must survive this process, not the machine.
package final class AppendFile: Sendable {
    private let descriptor: Int32

    /// - Throws: ``FileProblem`` when it cannot be created or opened.
    package init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem(path: path, errno: errno) }
    }

    deinit { close(descriptor) }

    /// A full disk stops the simulator: a log with holes would make tests lie.
    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                precondition(count >= 0, "the push log cannot be written: errno \(errno)")
                rest = rest.dropFirst(count)
            }
        }
    }
}
