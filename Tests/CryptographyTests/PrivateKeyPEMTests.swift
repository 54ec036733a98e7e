import Crypto
import CryptoExtras
import Testing

@testable import Cryptography

@Suite struct PrivateKeyPEMTests {
    private static let key = Crypto.P256.Signing.PrivateKey()
    private static let scalar = Array(key.rawRepresentation)
    private static let point = Array(key.publicKey.x963Representation)
    private static let other = Array(Crypto.P256.Signing.PrivateKey().publicKey.x963Representation)
    private static let rsa = rsaKey(bits: 2048)

    private static func rsaKey(bits: Int) -> _RSA.Signing.PrivateKey {
        do { return try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: bits)) } catch {
            preconditionFailure("no RSA key of \(bits) bits: \(error)")
        }
    }

    static let good: [(String, String)] = [
        ("PKCS#8 of the other library", key.pemRepresentation),
        ("PKCS#8", PrivateKeyDER.pem("PRIVATE KEY", PrivateKeyDER.pkcs8(scalar, point: point))),
        ("SEC 1", PrivateKeyDER.pem("EC PRIVATE KEY", PrivateKeyDER.sec1(scalar, point: point))),
        ("PKCS#8 without the public half", PrivateKeyDER.pem("PRIVATE KEY", PrivateKeyDER.pkcs8(scalar, point: nil))),
        ("SEC 1 without the public half", PrivateKeyDER.pem("EC PRIVATE KEY", PrivateKeyDER.sec1(scalar, point: nil))),
        (
            "with a compressed public half",
            PrivateKeyDER.pem(
                "PRIVATE KEY",
                PrivateKeyDER.pkcs8(scalar, point: Array(key.publicKey.compressedRepresentation))
            )
        ),
        ("with Windows' line ends", key.pemRepresentation.split(separator: "\n").joined(separator: "\r\n")),
        ("with a text before it", "a note\n" + key.pemRepresentation),
    ]

    @Test(arguments: good)
    func `a key on P-256 is read in the forms that it has`(name: String, pem: String) throws {
        let read = try Cryptography.P256.SigningKey(pem: pem)
        #expect(read.publicKey == Self.point)
        let message = Array(name.utf8)
        let signature = try Crypto.P256.Signing.ECDSASignature(rawRepresentation: read.signature(of: message))
        #expect(Self.key.publicKey.isValidSignature(signature, for: message))
    }

    static let bad: [(String, String)] = {
        let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let zero = [UInt8](repeating: 0, count: 32)
        let genuine = PrivateKeyDER.pkcs8(scalar, point: point)
        func pkcs8(_ der: [UInt8]) -> String { PrivateKeyDER.pem("PRIVATE KEY", der) }
        return [
            ("nothing", ""),
            ("no PEM", "a text"),
            ("a label alone", "-----BEGIN PRIVATE KEY-----\n"),
            ("no base64", "-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----\n"),
            ("nothing inside", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"),
            ("cut", pkcs8(genuine.dropLast())),
            ("with a byte behind it", pkcs8(genuine + [0])),
            (
                "SEC 1 with a byte behind it",
                PrivateKeyDER.pem("EC PRIVATE KEY", PrivateKeyDER.sec1(scalar, point: point) + [0])
            ),
            ("under another label", PrivateKeyDER.pem("RSA PRIVATE KEY", genuine)),
            ("a public key", key.publicKey.pemRepresentation),
            ("the public half of another", pkcs8(PrivateKeyDER.pkcs8(scalar, point: other))),
            (
                "a public half off the curve",
                pkcs8(PrivateKeyDER.pkcs8(scalar, point: point.dropLast() + [point[64] ^ 1]))
            ),
            ("zero", pkcs8(PrivateKeyDER.pkcs8(zero, point: nil))),
            ("the order", pkcs8(PrivateKeyDER.pkcs8(order, point: nil))),
            ("P-384", P384.Signing.PrivateKey().pemRepresentation),
            ("the number on P-384", pkcs8(PrivateKeyDER.pkcs8(scalar, curve: PrivateKeyDER.p384, point: nil))),
            ("secp256k1", pkcs8(PrivateKeyDER.pkcs8(scalar, curve: PrivateKeyDER.secp256k1, point: nil))),
            (
                "the curve in numbers",
                pkcs8(PrivateKeyDER.pkcs8(scalar, curve: PrivateKeyDER.p256InNumbers, point: point))
            ),
            (
                "SEC 1 with the curve in numbers",
                PrivateKeyDER.pem(
                    "EC PRIVATE KEY",
                    PrivateKeyDER.sec1(scalar, curve: PrivateKeyDER.p256InNumbers, point: point)
                )
            ),
            ("Ed25519", pkcs8(bytes("302e020100300506032b657004220420") + scalar)),
            ("RSA", rsa.pkcs8PEMRepresentation),
            (
                "with a passphrase",
                "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                    + "AAAA\n-----END EC PRIVATE KEY-----\n"
            ),
        ]
    }()

    @Test(arguments: bad)
    func `anything else is refused`(name: String, pem: String) {
        #expect(throws: CryptographyError.malformedKey) { try Cryptography.P256.SigningKey(pem: pem) }
        #expect(ErrorQueue.isEmpty, "TLS on this thread would take what is left for its own")
    }

    @Test func `a new key is written as it is read, without a line feed at the end`() throws {
        let key = Cryptography.P256.SigningKey()
        #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(key.pem.hasSuffix("-----END PRIVATE KEY-----"))
        #expect(try Cryptography.P256.SigningKey(pem: key.pem).publicKey == key.publicKey)
        #expect(key.publicKey != Cryptography.P256.SigningKey().publicKey)
    }

    @Test func `an RSA key is read in both forms`() throws {
        let message = Array("header.claims".utf8)
        let expected = Array(try Self.rsa.signature(for: message, padding: .insecurePKCS1v1_5).rawRepresentation)
        for pem in [Self.rsa.pkcs8PEMRepresentation, Self.rsa.pemRepresentation] {
            #expect(try RSA.SigningKey(pem: pem).signature(of: message) == expected)
        }
    }

    @Test func `an RSA key that is none, too short, or damaged is refused`() throws {
        let pkcs1 = Array(Self.rsa.derRepresentation)
        let pkcs8 = Array(Self.rsa.pkcs8DERRepresentation)
        let algorithm = try #require(pkcs8.firstRange(of: bytes("2a864886f70d010101"))).upperBound
        var bad: [String] = [
            "", Self.key.pemRepresentation, Self.rsa.publicKey.pemRepresentation,
            Self.rsaKey(bits: 1024).pemRepresentation,
            PrivateKeyDER.pem("RSA PRIVATE KEY", pkcs1 + [0]), PrivateKeyDER.pem("RSA PRIVATE KEY", pkcs1.dropLast()),
            PrivateKeyDER.pem("EC PRIVATE KEY", pkcs1),
            // Named as one for PSS only.
            PrivateKeyDER.pem("PRIVATE KEY", pkcs8.prefix(algorithm - 1) + [10] + pkcs8[algorithm...]),
        ]
        // In the modulus, in the private exponent, and in the second prime.
        for place in [100, 400, 700] {
            var damaged = pkcs1
            damaged[place] ^= 4
            bad.append(PrivateKeyDER.pem("RSA PRIVATE KEY", damaged))
        }
        for pem in bad {
            #expect(throws: CryptographyError.malformedKey) { try RSA.SigningKey(pem: pem) }
            #expect(ErrorQueue.isEmpty)
        }
    }
}
