import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Cryptography

@Suite struct RSATests {
    /// By what they are.
    private static let signatures: [(String, [UInt8])] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "SampleData/cryptography/rsa-signatures.txt")
        do {
            return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map { line in
                    let parts = line.split(separator: "|")
                    return (String(parts[0]), Array(Data(base64Encoded: String(parts[1])) ?? Data()))
                }
        } catch { preconditionFailure("the sample cannot be read: \(error)") }
    }()
    private static let message = Array("a message".utf8)
    private static let exponent: [UInt8] = [1, 0, 1]

    private static func named(_ name: String) throws -> [UInt8] {
        try #require(signatures.first { $0.0 == name }?.1)
    }

    private static func key() throws -> RSA.VerifyingKey {
        try RSA.VerifyingKey(modulus: named("modulus"), exponent: exponent)
    }

    @Test func `a genuine signature is one`() throws {
        #expect(try Self.key().isSignature(Self.named("genuine"), of: Self.message))
        #expect(try !Self.key().isSignature(Self.named("genuine"), of: Self.message + [0]))
    }

    @Test(arguments: signatures.map(\.0).filter { !["modulus", "genuine", "a cube root"].contains($0) })
    func `what a careless reader would take is none`(name: String) throws {
        let signature = try Self.named(name)
        #expect(signature.count == 256)
        #expect(try !Self.key().isSignature(signature, of: Self.message))
        #expect(ErrorQueue.isEmpty, "TLS on this thread would take what is left for its own")
    }

    @Test func `a root of exponent 3 is none`() throws {
        let key = try RSA.VerifyingKey(modulus: Self.named("modulus"), exponent: [3])
        #expect(try !key.isSignature(Self.named("a cube root"), of: Self.message))
    }

    @Test func `another length is none`() throws {
        let genuine = try Self.named("genuine")
        for signature in [[], [0], Array(genuine.dropLast()), genuine + [0], [0] + genuine, Array(genuine.dropFirst())]
        {
            #expect(try !Self.key().isSignature(signature, of: Self.message))
        }
    }

    @Test(arguments: [2048, 3072])
    func `the other library takes our signatures, and we take its of this kind only`(bits: Int) throws {
        let theirs = try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits))
        let ours = try RSA.SigningKey(pem: theirs.pkcs8PEMRepresentation)
        let primitives = try theirs.publicKey.getKeyPrimitives()
        let verifying = try RSA.VerifyingKey(
            modulus: Array(primitives.modulus),
            exponent: Array(primitives.publicExponent)
        )
        var sample = SampleBytes(seed: UInt64(bits))
        for count in [0, 1, 64, 1000] {
            let message = sample.next(count)
            let signature = try ours.signature(of: message)
            let expected = try theirs.signature(for: message, padding: .insecurePKCS1v1_5)
            #expect(signature == Array(expected.rawRepresentation))
            #expect(verifying.isSignature(signature, of: message))

            let salted = try theirs.signature(for: message, padding: .PSS)
            #expect(!verifying.isSignature(Array(salted.rawRepresentation), of: message))
            let digest = SHA512.hash(data: message)
            let longer = try theirs.signature(for: digest, padding: .insecurePKCS1v1_5)
            #expect(!verifying.isSignature(Array(longer.rawRepresentation), of: message))
        }
    }

    @Test func `a public key that is weak or none is refused`() throws {
        let modulus = try Self.named("modulus")
        let even = Array(modulus.dropLast()) + [modulus[255] & 0xFE]
        for (modulus, exponent) in [
            ([], Self.exponent), (Array(modulus.dropFirst()), Self.exponent), (even, Self.exponent),
            ([UInt8](repeating: 0, count: 256), Self.exponent), ([UInt8](repeating: 0xFF, count: 1025), Self.exponent),
            ([UInt8](repeating: 0xFF, count: 4096), Self.exponent),
            (modulus, []), (modulus, [0]), (modulus, [1]), (modulus, [2]), (modulus, [1, 0, 0]),
            (modulus, [UInt8](repeating: 0xFF, count: 5)), (modulus, [UInt8](repeating: 0xFF, count: 9)),
        ] as [([UInt8], [UInt8])] {
            #expect(throws: CryptographyError.malformedKey) {
                try RSA.VerifyingKey(modulus: modulus, exponent: exponent)
            }
        }
        #expect(ErrorQueue.isEmpty)
        #expect(throws: Never.self, "zeros before a number do not count") {
            try RSA.VerifyingKey(modulus: [0] + modulus, exponent: [0] + Self.exponent)
        }
    }
}
