internal import Glibc

/// What POSIX leaves undone of a write.
package enum Descriptor {
    /// Writes all of it, over signals and short writes.
    ///
    /// - Returns: nil, or the `errno` of the failure; a part may be written then.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            // A write of nothing would go on for ever.
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
