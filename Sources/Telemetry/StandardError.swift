internal import Glibc
import System

extension LineLogHandler {
    /// Writes the line to the standard error of the process. A line that cannot be written is lost: there is no better place
    /// to say so, and a full pipe must not stop the service for ever.
    package static let standardError: @Sendable ([UInt8]) -> Void = { line in
        // EPIPE and its like: see above.
        _ = line.withUnsafeBytes { Descriptor.writeAll($0, to: STDERR_FILENO) }
    }
}
