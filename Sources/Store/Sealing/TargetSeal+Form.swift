import Cryptography

extension TargetSeal {
    /// What a seal is bound to: its place, so that it does not open in another.
    struct Context {
        /// The hash key in the registry itself.
        static let registry = Context(kind: "registry", name: "")

        /// A target in the row of an installation.
        static func device(_ installation: String) -> Context { Context(kind: "device ", name: installation) }

        let kind: StaticString
        let name: String

        var count: Int { kind.utf8CodeUnitCount + name.utf8.count }

        func write(to output: UnsafeMutableRawBufferPointer) {
            output.copyBytes(from: UnsafeRawBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
            UnsafeMutableRawBufferPointer(rebasing: output[kind.utf8CodeUnitCount...]).copyBytes(from: name.utf8)
        }
    }

    /// What stands before nonce, ciphertext and tag.
    struct Header {
        /// First byte of what is bound to its row: earlier seals begin with the length of the key's id, at most 32.
        static let bound: UInt8 = 0xC2

        let isBound: Bool
        /// Where the id of the key stands.
        let keyID: Range<Int>

        var count: Int { keyID.upperBound }

        init?(_ sealed: UnsafeRawBufferPointer) {
            isBound = sealed.first == Self.bound
            let start = isBound ? 1 : 0
            guard sealed.count > start, sealed.count > start + 1 + Int(sealed[start]) else { return nil }
            keyID = (start + 1)..<(start + 1 + Int(sealed[start]))
        }

        init?(_ sealed: [UInt8]) {
            guard let header = sealed.withUnsafeBytes({ Header($0) }) else { return nil }
            self = header
        }

        func keyID(in sealed: [UInt8]) -> [UInt8] { Array(sealed[keyID]) }

        /// What is authenticated, so that it cannot be changed: of a bound seal the whole header and the context, of an earlier one the id.
        func authenticatedCount(_ context: Context) -> Int { isBound ? count + context.count : keyID.count }

        func writeAuthenticated(
            of sealed: UnsafeRawBufferPointer,
            _ context: Context,
            to output: UnsafeMutableRawBufferPointer
        ) {
            guard isBound else { return output.copyBytes(from: sealed[keyID]) }
            output.copyBytes(from: sealed[..<count])
            context.write(to: UnsafeMutableRawBufferPointer(rebasing: output[count...]))
        }
    }

    /// The bound form: its mark, length of the key's id, the id; then nonce, ciphertext and tag.
    static func seal(_ bytes: [UInt8], key: Key, context: Context) -> [UInt8] {
        let id = Array(key.id.utf8)
        let header = [Header.bound, UInt8(clamping: id.count)] + id
        let authenticated = header + Array(context.kind.description.utf8) + Array(context.name.utf8)
        let nonce = SecureRandom.bytes(AESGCM.nonceBytes)
        return header + nonce + key.cipher.seal(bytes, nonce: nonce, authenticating: authenticated)
    }

    static func open(_ sealed: [UInt8], keys: [Key], context: Context) throws(OpenError) -> [UInt8] {
        try sealed.withUnsafeBytes { sealed in
            Result { () throws(OpenError) in try open(sealed, keys: keys, context: context) }
        }
        .get()
    }

    static func open(_ sealed: UnsafeRawBufferPointer, keys: [Key], context: Context) throws(OpenError) -> [UInt8] {
        var failure: OpenError?
        let bytes = [UInt8](unsafeUninitializedCapacity: sealed.count) { output, filled in
            do throws(OpenError) {
                filled = try open(sealed, keys: keys, context: context, into: UnsafeMutableRawBufferPointer(output))
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// - Returns: how many bytes were written.
    static func open(
        _ sealed: UnsafeRawBufferPointer,
        keys: [Key],
        context: Context,
        into output: UnsafeMutableRawBufferPointer
    ) throws(OpenError) -> Int {
        guard let header = Header(sealed) else { throw OpenError.damaged }
        let id = sealed[header.keyID]
        guard let key = keys.first(where: { $0.id.utf8.elementsEqual(id) }) else {
            throw OpenError.unknownKey(id: String(decoding: id, as: UTF8.self))
        }
        let text = header.count + AESGCM.nonceBytes
        let count = sealed.count - text - AESGCM.tagBytes
        guard count >= 0 else { throw OpenError.damaged }
        let isGenuine = withUnsafeTemporaryAllocation(
            byteCount: header.authenticatedCount(context),
            alignment: 1
        ) { authenticated in
            header.writeAuthenticated(of: sealed, context, to: authenticated)
            do throws(CryptographyError) {
                try key.cipher.open(
                    UnsafeRawBufferPointer(rebasing: sealed[text...]),
                    nonce: UnsafeRawBufferPointer(rebasing: sealed[header.count..<text]),
                    authenticating: UnsafeRawBufferPointer(authenticated),
                    into: output
                )
                return true
            } catch { return false }
        }
        // Which of length, tag and key is wrong cannot be told apart.
        guard isGenuine else { throw OpenError.damaged }
        return count
    }
}
