import Glibc

/// What is done with a file descriptor beside one call of the system.
package enum Descriptor {
    /// Writes all of it: what the system took in part or was interrupted at goes on. Blocks where the descriptor does.
    ///
    /// - Throws: the code of the system; so much was written before it is not said.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(WriteError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            // Nothing taken of something is no answer that POSIX foresees.
            guard count != 0 else { throw WriteError(code: EIO) }
            guard count > 0 else { throw WriteError(code: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(WriteError) {
        try write(bytes[...], to: descriptor)
    }

    package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(WriteError) {
        try bytes.withUnsafeBytes { rest in Result { () throws(WriteError) in try write(rest, to: descriptor) } }.get()
    }

    package struct WriteError: Error, Hashable {
        /// `errno`.
        package let code: Int32
    }
}
