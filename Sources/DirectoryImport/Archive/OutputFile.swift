import Glibc
import POSIX

/// A new file of mode 0600; closed when it goes out of scope.
struct OutputFile: ~Copyable {
    private let name: String
    private let descriptor: Int32

    /// - Throws: ``ExportError/unreadable(file:code:)``, also when the file is there already.
    init(creating path: String) throws(ExportError) {
        name = InputFile.baseName(of: path)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unreadable(file: InputFile.baseName(of: path), code: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ExportError) {
        do throws(Descriptor.WriteError) { try Descriptor.write(bytes, to: descriptor) } catch {
            throw .unreadable(file: name, code: error.code)
        }
    }
}
