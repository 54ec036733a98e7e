import Crypto
import Testing

@testable import Cryptography

@Suite struct P256AgreementTests {
    private static let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    /// The generator [FIPS 186-4 §D.1.2.3].
    private static let generator = bytes(
        "04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )

    private func ours(_ key: [UInt8]) throws -> Cryptography.P256.AgreementKey { try .init(privateKey: key) }

    @Test func `the vector of NIST`() throws {
        // ECC CDH primitive, P-256, count 0.
        let key = try ours(bytes("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"))
        #expect(
            key.publicKey
                == bytes(
                    "04 ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230 28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141"
                )
        )
        let other = try Cryptography.P256.Point(
            x963: bytes(
                "04 700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287 db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
            )
        )
        #expect(
            key.sharedSecret(with: other) == bytes("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b")
        )
    }

    @Test func `both sides and the other library agree`() throws {
        for _ in 0..<100 {
            let key = Cryptography.P256.AgreementKey()
            let theirs = Crypto.P256.KeyAgreement.PrivateKey()
            let theirPoint = Array(theirs.publicKey.x963Representation)

            let secret = try key.sharedSecret(with: .init(x963: theirPoint))
            let other = try theirs.sharedSecretFromKeyAgreement(with: .init(x963Representation: key.publicKey))
            #expect(secret == other.withUnsafeBytes { Array($0) })
            #expect(try ours(Array(theirs.rawRepresentation)).publicKey == theirPoint)
        }
    }

    @Test func `a secret that begins with zeros keeps them`() throws {
        let one = try ours([UInt8](repeating: 0, count: 31) + [1])
        #expect(one.publicKey == Self.generator)
        for (x, y) in [
            ("00", "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"),
            ("05", "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"),
            ("09", "8e14e8432caf2e23caaa94f7d33315cbfbc522763c63a432db1812e48fe7b297"),
        ] {
            let x = [UInt8](repeating: 0, count: 31) + bytes(x)
            #expect(try one.sharedSecret(with: .init(x963: [4] + x + bytes(y))) == x)
        }
    }

    @Test func `the largest key is the negative of the smallest`() throws {
        var last = Self.order
        last[31] -= 1
        let key = try ours(last)
        #expect(key.publicKey.prefix(33) == Self.generator.prefix(33))
        #expect(key.publicKey != Self.generator)
        let other = Cryptography.P256.AgreementKey()
        let one = try ours([UInt8](repeating: 0, count: 31) + [1])
        let point = try Cryptography.P256.Point(x963: other.publicKey)
        #expect(key.sharedSecret(with: point) == one.sharedSecret(with: point))
    }

    @Test func `no two keys are the same`() {
        #expect(Set((0..<50).map { _ in Cryptography.P256.AgreementKey().publicKey }).count == 50)
    }

    @Test func `a private key out of its range is refused`() {
        var above = Self.order
        above[31] += 1
        for key in [
            [], [0], [UInt8](repeating: 0, count: 32), Self.order, above, [UInt8](repeating: 0xFF, count: 32),
            [UInt8](repeating: 1, count: 31), [0] + [UInt8](repeating: 1, count: 32), [UInt8](repeating: 1, count: 48),
        ] {
            #expect(throws: CryptographyError.malformedKey) { try ours(key) }
        }
        #expect(ErrorQueue.isEmpty)
    }

    static let noPoints: [(String, [UInt8])] = [
        ("nothing", []),
        ("infinity", [0]),
        ("infinity, padded", [UInt8](repeating: 0, count: 65)),
        ("the origin", [4] + [UInt8](repeating: 0, count: 64)),
        ("all bits", [UInt8](repeating: 0xFF, count: 65)),
        ("one bit off the curve", generator.dropLast() + [generator[64] ^ 1]),
        ("x and y the wrong way round", [4] + generator[33...] + generator[1...32]),
        ("compressed", [2 | generator[64] & 1] + generator[1...32]),
        ("compressed, with something behind", [2 | generator[64] & 1] + generator[1...]),
        ("compressed garbage", [2] + [UInt8](repeating: 0xFF, count: 32)),
        ("hybrid", [6 | generator[64] & 1] + generator[1...]),
        ("without its form", Array(generator.dropFirst())),
        ("one byte short", Array(generator.dropLast())),
        ("one byte long", generator + [0]),
        // x is 5, written as 5 and the prime.
        (
            "a coordinate past the prime",
            bytes(
                "04 ffffffff00000001000000000000000000000001000000000000000000000004 459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"
            )
        ),
        (
            "of secp256k1",
            bytes(
                "04 79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798 483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
            )
        ),
        ("of P-384", Array(P384.KeyAgreement.PrivateKey().publicKey.x963Representation)),
        ("of X25519", Array(Curve25519.KeyAgreement.PrivateKey().publicKey.rawRepresentation)),
    ]

    @Test(arguments: noPoints)
    func `what is no point in the uncompressed form is refused`(name: String, point: [UInt8]) {
        #expect(throws: CryptographyError.malformedPoint) { try Cryptography.P256.Point(x963: point) }
        #expect(throws: CryptographyError.malformedPoint) { try Cryptography.P256.VerifyingKey(x963: point) }
        #expect(ErrorQueue.isEmpty, "TLS on this thread would take what is left for its own")
    }
}
