internal import Glibc
import POSIX

extension LineLogHandler {
    /// Writes the line to the standard error of the process. A line that cannot be written is lost: there is no better place
    /// to say so, and a full pipe must not stop the service for ever.
    package static let standardError: @Sendable ([UInt8]) -> Void = { line in
        do { try Descriptor.write(line, to: STDERR_FILENO) } catch {}
    }
}
