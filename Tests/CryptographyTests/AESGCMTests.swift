import Crypto
import Testing

@testable import Cryptography

@Suite struct AESGCMTests {
    struct Vector {
        var key: String
        var nonce: String
        var bound = ""
        var plaintext: String
        var sealed: String
    }

    private static let text =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"

    /// The submission of GCM to NIST, test cases 1, 2, 4, 13, 14, 16.
    static let vectors = [
        Vector(
            key: "00000000000000000000000000000000",
            nonce: "000000000000000000000000",
            plaintext: "",
            sealed: "58e2fccefa7e3061367f1d57a4e7455a"
        ),
        Vector(
            key: "00000000000000000000000000000000",
            nonce: "000000000000000000000000",
            plaintext: "00000000000000000000000000000000",
            sealed: "0388dace60b6a392f328c2b971b2fe78 ab6e47d42cec13bdf53a67b21257bddf"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            bound: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: text,
            sealed: "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
                + "1ba30b396a0aac973d58e091 5bc94fbc3221a5db94fae95ae7121a47"
        ),
        Vector(
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            plaintext: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            plaintext: "00000000000000000000000000000000",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            bound: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: text,
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: vectors)
    func `the vectors of the submission`(vector: Vector) throws {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: bytes(vector.key)))
        let nonce = bytes(vector.nonce)
        let bound = bytes(vector.bound)
        #expect(cipher.seal(bytes(vector.plaintext), nonce: nonce, authenticating: bound) == bytes(vector.sealed))
        #expect(try cipher.open(bytes(vector.sealed), nonce: nonce, authenticating: bound) == bytes(vector.plaintext))
    }

    @Test(arguments: [16, 32])
    func `the other library opens what we seal, and we what it seals, in any order under one key`(keyBytes: Int) throws
    {
        var sample = SampleBytes(seed: UInt64(keyBytes))
        let key = sample.next(keyBytes)
        let cipher = AESGCM(Cryptography.SymmetricKey(data: key))
        let theirs = Crypto.SymmetricKey(data: key)
        for count in [0, 1, 15, 16, 17, 31, 32, 33, 200, 255, 256, 300, 4096, 70_000] {
            let plaintext = sample.next(count)
            let nonce = sample.next(12)
            let bound = sample.next(count % 61)

            let sealed = cipher.seal(plaintext, nonce: nonce, authenticating: bound)
            let box = try AES.GCM.SealedBox(combined: nonce + sealed)
            #expect(try Array(AES.GCM.open(box, using: theirs, authenticating: bound)) == plaintext)

            let other = try AES.GCM.seal(plaintext, using: theirs, nonce: .init(data: nonce), authenticating: bound)
            #expect(Array(other.ciphertext + other.tag) == sealed)
            #expect(
                try cipher.open(Array(other.ciphertext + other.tag), nonce: nonce, authenticating: bound) == plaintext
            )
        }
    }

    @Test func `a changed bit anywhere opens nothing, and the next one opens`() throws {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        let nonce = [UInt8](repeating: 2, count: 12)
        let bound: [UInt8] = [3, 4, 5]
        let plaintext = Array("a device's address".utf8)
        let sealed = cipher.seal(plaintext, nonce: nonce, authenticating: bound)

        func isRefused(_ sealed: [UInt8], _ nonce: [UInt8], _ bound: [UInt8]) -> Bool {
            do throws(CryptographyError) {
                _ = try cipher.open(sealed, nonce: nonce, authenticating: bound)
                return false
            } catch { return error == .notAuthentic }
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        for bit in 0..<sealed.count * 8 { #expect(isRefused(flipped(sealed, bit), nonce, bound)) }
        for bit in 0..<nonce.count * 8 { #expect(isRefused(sealed, flipped(nonce, bit), bound)) }
        for bit in 0..<bound.count * 8 { #expect(isRefused(sealed, nonce, flipped(bound, bit))) }
        #expect(try cipher.open(sealed, nonce: nonce, authenticating: bound) == plaintext)
        #expect(ErrorQueue.isEmpty, "TLS on this thread would take what is left for its own")
    }

    @Test func `what is cut, lengthened or bound to nothing opens nothing`() {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 16)))
        let nonce = [UInt8](repeating: 2, count: 12)
        let sealed = cipher.seal([7, 8, 9], nonce: nonce, authenticating: [1])
        for count in 0..<sealed.count {
            #expect(throws: CryptographyError.notAuthentic) {
                try cipher.open(Array(sealed.prefix(count)), nonce: nonce, authenticating: [1])
            }
        }
        for other in [sealed + [0], [0] + sealed, Array(sealed.dropFirst())] {
            #expect(throws: CryptographyError.notAuthentic) {
                try cipher.open(other, nonce: nonce, authenticating: [1])
            }
        }
        for bound in [[], [1, 0], [0, 1]] as [[UInt8]] {
            #expect(throws: CryptographyError.notAuthentic) {
                try cipher.open(sealed, nonce: nonce, authenticating: bound)
            }
        }
    }

    @Test(arguments: [0, 1, 8, 11, 13, 16])
    func `a nonce of another length opens nothing`(count: Int) {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 16)))
        let sealed = cipher.seal([7], nonce: [UInt8](repeating: 0, count: 12))
        #expect(throws: CryptographyError.notAuthentic) {
            try cipher.open(sealed, nonce: [UInt8](repeating: 0, count: count))
        }
    }

    @Test func `another key opens nothing, also one of the other length`() {
        let nonce = [UInt8](repeating: 2, count: 12)
        let sealed = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 16))).seal([7], nonce: nonce)
        for key in [[UInt8](repeating: 2, count: 16), [UInt8](repeating: 1, count: 32)] {
            #expect(throws: CryptographyError.notAuthentic) {
                try AESGCM(Cryptography.SymmetricKey(data: key)).open(sealed, nonce: nonce)
            }
        }
    }

    @Test func `a refusal leaves nothing of the plaintext behind`() {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        let nonce = [UInt8](repeating: 2, count: 12)
        var sealed = cipher.seal([UInt8](repeating: 0x41, count: 64), nonce: nonce)
        sealed[sealed.count - 1] ^= 1
        var output = [UInt8](repeating: 0xFF, count: 64)
        var isRefused = false
        output.withUnsafeMutableBytes { output in
            sealed.withUnsafeBytes { sealed in
                nonce.withUnsafeBytes { nonce in
                    do throws(CryptographyError) {
                        try cipher.open(sealed, nonce: nonce, authenticating: .init(start: nil, count: 0), into: output)
                    } catch { isRefused = true }
                }
            }
        }
        #expect(isRefused)
        #expect(output == [UInt8](repeating: 0, count: 64))
    }

    @Test func `sealing where the plaintext stands gives the same`() {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 16)))
        let nonce = [UInt8](repeating: 2, count: 12)
        let plaintext = Array(0..<200) as [UInt8]
        var inPlace = plaintext + [UInt8](repeating: 0, count: AESGCM.tagBytes)
        inPlace.withUnsafeMutableBytes { bytes in
            nonce.withUnsafeBytes { nonce in
                cipher.seal(
                    UnsafeRawBufferPointer(rebasing: bytes.dropLast(AESGCM.tagBytes)),
                    nonce: nonce,
                    authenticating: UnsafeRawBufferPointer(start: nil, count: 0),
                    into: bytes
                )
            }
        }
        #expect(inPlace == cipher.seal(plaintext, nonce: nonce))
    }

    @Test func `threads that share a key do not disturb one another`() async throws {
        let cipher = AESGCM(Cryptography.SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 as Range<UInt8> {
                group.addTask { @concurrent in
                    for round in 0..<500 {
                        let nonce = [task, UInt8(round & 255), UInt8(round >> 8)] + [UInt8](repeating: 0, count: 9)
                        let plaintext = [UInt8](repeating: task, count: round)
                        let sealed = cipher.seal(plaintext, nonce: nonce, authenticating: [task])
                        let opened = try cipher.open(sealed, nonce: nonce, authenticating: [task])
                        #expect(opened == plaintext)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
