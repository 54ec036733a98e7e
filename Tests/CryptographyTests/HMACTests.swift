import Crypto
import Cryptography
import Testing

@Suite struct HMACTests {
    struct Vector {
        var key: [UInt8]
        var message: [UInt8]
        var code: String
    }

    /// RFC 4231 §4.2 to §4.8; of §4.6 the first 16 bytes.
    static let vectors = [
        Vector(
            key: [UInt8](repeating: 0x0B, count: 20),
            message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Vector(
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 20),
            message: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Vector(
            key: Array(1...25),
            message: [UInt8](repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        Vector(
            key: [UInt8](repeating: 0x0C, count: 20),
            message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"
        ),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
            ),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: vectors)
    func `RFC 4231`(vector: Vector) {
        let authenticator = HMACSHA256(Cryptography.SymmetricKey(data: vector.key))
        let expected = bytes(vector.code)
        #expect(authenticator.code(of: vector.message).prefix(expected.count) == expected[...])
        #expect(HMACSHA256.code(of: vector.message, key: vector.key) == authenticator.code(of: vector.message))
    }

    @Test func `the other library makes the same codes and takes ours, for keys about the size of a block`() {
        var sample = SampleBytes(seed: 3)
        for count in [0, 1, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300] {
            let key = sample.next(count)
            let message = sample.next(count &* 3 % 211)
            let code = HMACSHA256.code(of: message, key: key)
            let theirs = Crypto.SymmetricKey(data: key)
            #expect(code == Array(HMAC<Crypto.SHA256>.authenticationCode(for: message, using: theirs)))
            #expect(HMAC<Crypto.SHA256>.isValidAuthenticationCode(code, authenticating: message, using: theirs))
        }
    }

    @Test func `one key serves many messages, and no message changes it`() {
        let authenticator = HMACSHA256(Cryptography.SymmetricKey(data: [1, 2, 3]))
        let first = authenticator.code(of: [1])
        for count in 0..<150 { _ = authenticator.code(of: [UInt8](repeating: 7, count: count)) }
        #expect(authenticator.code(of: [1]) == first)
    }

    @Test func `a code with one bit changed, cut or lengthened is none`() {
        let authenticator = HMACSHA256(Cryptography.SymmetricKey(data: [1, 2, 3]))
        let message = Array("a message".utf8)
        let code = authenticator.code(of: message)
        #expect(authenticator.isCode(code, of: message))
        #expect(!authenticator.isCode(code, of: message + [0]))
        #expect(!authenticator.isCode([], of: message))
        #expect(!authenticator.isCode(Array(code.dropLast()), of: message))
        #expect(!authenticator.isCode(code + [0], of: message))
        for bit in 0..<256 {
            var changed = code
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!authenticator.isCode(changed, of: message))
        }
    }

    @Test func `secrets are equal when all of their bytes are`() {
        #expect(ConstantTime.areEqual([], []))
        #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [0, 2, 3]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
        #expect(!ConstantTime.areEqual([], [0]))
    }
}
