import Foundation
import Glibc

/// A file opened for appending. Not synchronised to the disk: it must survive this process, not the machine.
package final class AppendFile: Sendable {
    private let file: FileHandle

    /// - Throws: When it cannot be created or opened.
    package init(path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// A full disk stops the simulator: a log with holes would make tests lie.
    func write(_ bytes: [UInt8]) {
        do { try file.write(contentsOf: bytes) } catch {
            preconditionFailure("the push log cannot be written: \(error)")
        }
    }
}
