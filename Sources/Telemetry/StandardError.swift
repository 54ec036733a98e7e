internal import Glibc

extension LineLogHandler {
    /// Writes the line to the standard error of the process. A line that cannot be written is lost: there is no better place
    /// to say so, and a full pipe must not stop the service for ever.
    package static let standardError: @Sendable ([UInt8]) -> Void = { line in
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
