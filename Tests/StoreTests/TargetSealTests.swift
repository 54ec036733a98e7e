import Crypto
import Cryptography
import Domain
import Providers
import Store
import Testing

/// What is on the disk: made and read here by another library, since the stores of earlier versions were written with it.
@Suite struct TargetSealTests {
    private static let key = [UInt8](repeating: 1, count: 32)
    private static let hashKey = [UInt8](repeating: 3, count: 32)
    private static let id = Array("k1".utf8)
    private static let header = [0xC2, 2] + id
    private static let context = Array("device i-1".utf8)
    private let theirs = Crypto.SymmetricKey(data: key)
    private let seal = TargetSeal(
        keys: [
            .init(id: "k0", key: .init(data: [UInt8](repeating: 9, count: 32))), .init(id: "k1", key: .init(data: key)),
        ],
        hashKey: hashKey
    )
    private let target = Target.fcmToken("cToken:" + String(repeating: "x", count: 150))

    @Test func `a target of an earlier version opens`() throws {
        let box = try AES.GCM.seal(target.bytes, using: theirs, authenticating: Self.header + Self.context)
        let sealed = Self.header + (try #require(box.combined))
        #expect(try seal.open(sealed, of: "i-1") == target.bytes)
        #expect(throws: TargetSeal.OpenError.damaged) { try seal.open(sealed, of: "i-2") }
    }

    @Test func `a target from before seals were bound to their rows opens in any`() throws {
        let box = try AES.GCM.seal(target.bytes, using: theirs, authenticating: Self.id)
        let sealed = [2] + Self.id + (try #require(box.combined))
        #expect(try seal.open(sealed, of: "i-1") == target.bytes)
        #expect(try seal.open(sealed, of: "i-2") == target.bytes)
    }

    @Test func `an earlier version opens what is sealed now`() throws {
        let now = TargetSeal(keys: [.init(id: "k1", key: .init(data: Self.key))], hashKey: Self.hashKey)
        let sealed = now.seal(target, of: "i-1")
        #expect(sealed.prefix(4) == Self.header[...])
        let box = try AES.GCM.SealedBox(combined: sealed[4...])
        #expect(try Array(AES.GCM.open(box, using: theirs, authenticating: Self.header + Self.context)) == target.bytes)
    }

    @Test func `a target is found by the hash of an earlier version`() {
        let code = HMAC<Crypto.SHA256>.authenticationCode(
            for: target.identity,
            using: Crypto.SymmetricKey(data: Self.hashKey)
        )
        #expect(seal.hash(target) == Array(code.prefix(16)))
    }

    @Test func `opening the bytes of a row gives the same and has the same endings`() throws {
        let now = TargetSeal(keys: [.init(id: "k1", key: .init(data: Self.key))], hashKey: Self.hashKey)
        let sealed = now.seal(target, of: "i-1")
        func opened(_ sealed: [UInt8], of installation: String) throws -> [UInt8] {
            try sealed.withUnsafeBytes { try seal.open($0, of: installation) }
        }
        #expect(try opened(sealed, of: "i-1") == target.bytes)
        #expect(throws: TargetSeal.OpenError.damaged) { try opened(sealed, of: "i-2") }
        #expect(throws: TargetSeal.OpenError.damaged) { try opened(Array(sealed.prefix(20)), of: "i-1") }
        #expect(throws: TargetSeal.OpenError.damaged) { try opened([], of: "i-1") }
        #expect(throws: TargetSeal.OpenError.unknownKey(id: "z1")) {
            try opened([0xC2, 2, 0x7A] + sealed[3...], of: "i-1")
        }
        let empty =
            Self.header
            + (try #require(AES.GCM.seal([UInt8](), using: theirs, authenticating: Self.header + Self.context).combined))
        #expect(throws: TargetSeal.OpenError.damaged, "no target is empty") { try opened(empty, of: "i-1") }
    }
}
