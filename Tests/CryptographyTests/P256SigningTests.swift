import Crypto
import Testing

@testable import Cryptography

@Suite struct P256SigningTests {
    private static let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    private let message = Array("header.claims".utf8)

    /// RFC 6979 §A.2.5, with SHA-256.
    @Test(
        arguments: [
            (
                "sample",
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716 f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
            (
                "test",
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367 019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
            ),
        ]
    )
    func `the signatures of RFC 6979 are ones`(text: String, signature: String) throws {
        let key = try Cryptography.P256.VerifyingKey(
            x963: bytes(
                "04 60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6 7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
            )
        )
        #expect(key.isSignature(bytes(signature), of: Array(text.utf8)))
        #expect(!key.isSignature(bytes(signature), of: Array("another".utf8)))
    }

    @Test func `the other library takes our signatures, and we take its`() throws {
        let key = Cryptography.P256.SigningKey()
        let verifying = try Cryptography.P256.VerifyingKey(x963: key.publicKey)
        let theirs = try Crypto.P256.Signing.PrivateKey(pemRepresentation: key.pem)
        #expect(Array(theirs.publicKey.x963Representation) == key.publicKey)
        var sample = SampleBytes(seed: 5)
        for count in 0..<100 {
            let message = sample.next(count * 5)
            let signature = try key.signature(of: message)
            #expect(signature.count == 64)
            let read = try Crypto.P256.Signing.ECDSASignature(rawRepresentation: signature)
            #expect(theirs.publicKey.isValidSignature(read, for: message))
            #expect(verifying.isSignature(Array(try theirs.signature(for: message).rawRepresentation), of: message))
            #expect(verifying.isSignature(signature, of: message))
        }
    }

    @Test func `a number that is zero or not below the order makes no signature`() throws {
        let key = Cryptography.P256.SigningKey()
        let verifying = try Cryptography.P256.VerifyingKey(x963: key.publicKey)
        let genuine = try key.signature(of: message)
        let (r, s) = (Array(genuine[..<32]), Array(genuine[32...]))
        let zero = [UInt8](repeating: 0, count: 32)
        let one = Array(zero.dropLast()) + [1]
        var above = Self.order
        above[31] += 1
        let wrong = [zero, one, Self.order, above, [UInt8](repeating: 0xFF, count: 32)]

        for number in wrong {
            #expect(!verifying.isSignature(number + s, of: message))
            #expect(!verifying.isSignature(r + number, of: message))
            for other in wrong { #expect(!verifying.isSignature(number + other, of: message)) }
        }
        #expect(verifying.isSignature(genuine, of: message))
        #expect(ErrorQueue.isEmpty, "TLS on this thread would take what is left for its own")
    }

    @Test func `a changed bit or another length makes no signature`() throws {
        let key = Cryptography.P256.SigningKey()
        let verifying = try Cryptography.P256.VerifyingKey(x963: key.publicKey)
        let genuine = try key.signature(of: message)
        for bit in 0..<genuine.count * 8 {
            var changed = genuine
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifying.isSignature(changed, of: message))
        }
        for other in [
            [], Array(genuine.dropLast()), genuine + [0], [0] + genuine, Array(genuine[..<32]), genuine + genuine,
            // What other protocols write: ASN.1.
            Array(try Crypto.P256.Signing.ECDSASignature(rawRepresentation: genuine).derRepresentation),
        ] {
            #expect(!verifying.isSignature(other, of: message))
        }
        #expect(!verifying.isSignature(genuine, of: message + [0]))
        let stranger = try Cryptography.P256.VerifyingKey(x963: Cryptography.P256.SigningKey().publicKey)
        #expect(!stranger.isSignature(genuine, of: message))
    }

    @Test func `two signatures of one text differ`() throws {
        let key = Cryptography.P256.SigningKey()
        #expect(try key.signature(of: message) != key.signature(of: message))
    }
}
