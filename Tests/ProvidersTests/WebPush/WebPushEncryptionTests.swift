import Cryptography
import Domain
import Providers
import Testing

@Suite struct WebPushEncryptionTests {
    /// RFC 8291, Appendix A.
    enum Vector {
        static let plaintext = "V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24"
        static let senderPublic =
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
        static let senderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
        static let receiverPublic =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        static let salt = "DGv6ra1nlYgDCS1FRnbzlw"
        static let auth = "BTBZMqHH6r4Tts7J_aSIgg"
        static let sharedSecret = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"
        static let combiningKey = "Snr3JMxaHVDXHWJn5wdC52WjpCtd2EIEGBykDcZW32k"
        static let keyInfo =
            "V2ViUHVzaDogaW5mbwAEJXGyvs3942BVGq8e0PTNNmwRzr5VX4m8t7GGpTM5FzFo7OLr4BhZe9MEebhuPI-OztV3ylkYfpJGmQ22ggCLDgT-"
            + "M_SrDepxkU21WCP3O1SUj0EwbZIHMtu5pZpTKGSCIA5Zent7wmC6HCJ5mFgJkuk5cwAvMBKiiujwa7t45ewP"
        static let inputKey = "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg"
        static let pseudoRandomKey = "09_eUZGrsvxChDCGRCdkLiDXrReGOEVeSCdCcPBSJSc"
        static let contentKey = "oIhVW04MRdy2XN9CiKLxTg"
        static let nonce = "4h_95klXJ5E_qnoN"
        static let body =
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
            + "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"

        static func subscription() throws -> Subscription {
            Subscription(
                endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
                p256dh: try #require(Base64.decode(receiverPublic)),
                auth: try #require(Base64.decode(auth))
            )
        }

        static func sender() throws -> WebPushSender {
            try WebPushSender(
                key: P256.AgreementKey(privateKey: #require(Base64.decode(senderPrivate))),
                salt: #require(Base64.decode(salt))
            )
        }
    }

    @Test func `RFC 8291 Appendix A, every intermediate value`() throws {
        let sender = try Vector.sender()

        let secrets = try WebPushSecrets(Vector.subscription(), sender: sender)

        #expect(Base64.encodeURL(sender.publicKey) == Vector.senderPublic)
        #expect(Base64.encodeURL(secrets.sharedSecret) == Vector.sharedSecret)
        #expect(Base64.encodeURL(secrets.combiningKey) == Vector.combiningKey)
        #expect(Base64.encodeURL(secrets.keyInfo) == Vector.keyInfo)
        #expect(Base64.encodeURL(secrets.inputKey) == Vector.inputKey)
        #expect(Base64.encodeURL(secrets.pseudoRandomKey) == Vector.pseudoRandomKey)
        #expect(Base64.encodeURL(secrets.contentKey) == Vector.contentKey)
        #expect(Base64.encodeURL(secrets.nonce) == Vector.nonce)
    }

    @Test func `RFC 8291 Appendix A, the body of 144 bytes`() throws {
        let plaintext = try #require(Base64.decode(Vector.plaintext))

        let body = try WebPushEncryption.encrypt(
            plaintext,
            for: Vector.subscription(),
            sender: Vector.sender(),
            paddedTo: plaintext.count
        )

        #expect(body.count == 144)
        #expect(Base64.encodeURL(body) == Vector.body)
    }

    /// Body: 86 of header, the padded text, delimiter and tag.
    @Test(arguments: [
        (0, 256), (1, 256), (256, 256), (257, 1024), (1024, 1024), (1025, 2640), (2640, 2640), (2641, 3993),
        (3993, 3993),
    ])
    func `a body shows one of four sizes`(bytes: Int, size: Int) throws {
        let browser = Browser()

        let body = try WebPushEncryption.encrypt([UInt8](repeating: 0x61, count: bytes), for: browser.subscription)

        #expect(body.count == size + 103)
        #expect(body.count <= 4096)
        #expect(size > 2640 || body.count <= 2744, "passes Mozilla's bridge to Firebase")
        #expect(Array(body[16..<21]) == [0, 0, 0x10, 0, 65])
        #expect(try browser.decrypt(body) == [UInt8](repeating: 0x61, count: bytes))
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `what is encrypted is decrypted by its receiver alone`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (browser, other) = (Browser(), Browser())
        for _ in 0..<8 {
            let plaintext = randomBytes(Int.random(in: 0...3993, using: &random), using: &random)

            var body = try WebPushEncryption.encrypt(plaintext, for: browser.subscription)

            #expect(try browser.decrypt(body) == plaintext, "seed \(seed)")
            #expect(throws: (any Error).self, "seed \(seed)") { try other.decrypt(body) }
            body[Int.random(in: 86..<body.count, using: &random)] ^= 1
            #expect(throws: (any Error).self, "seed \(seed)") { try browser.decrypt(body) }
        }
    }

    @Test func `no two messages share a salt or a key`() throws {
        let browser = Browser()
        let bodies = try (0..<50).map { _ in try WebPushEncryption.encrypt([1, 2, 3], for: browser.subscription) }

        #expect(Set(bodies.map { Array($0[..<16]) }).count == 50)
        #expect(Set(bodies.map { Array($0[21..<86]) }).count == 50)
    }

    @Test func `an independent implementation reads what we write`() throws {
        var random = SeededRandom(seed: 17)
        let sizes =
            [0, 1, 255, 256, 257, 1024, 1025, 2640, 2641, 3993]
            + (0..<20).map { _ in
                Int.random(in: 0...3993, using: &random)
            }
        // The last byte is 0 or 2 in some: padding must not be mistaken for text.
        let plaintexts = sizes.map { randomBytes($0, using: &random) } + [[0], [2], [2, 0], [0, 0, 0]]
        let messages = try plaintexts.map { plaintext -> JSONValue in
            let browser = Browser()
            return [
                "key": .string(Base64.encodeURL(browser.privateKey)),
                "auth": .string(Base64.encodeURL(browser.subscription.auth)),
                "body": .string(
                    Base64.encodeURL(try WebPushEncryption.encrypt(plaintext, for: browser.subscription))
                ),
            ]
        }

        let answer = try Oracle.ask("decrypt", ["messages": .array(messages)])

        let read = try #require(answer["plaintexts"]?.array).map { $0.string.flatMap { Base64.decode($0) } }
        #expect(read == plaintexts)
    }

    @Test func `a text beyond the limit and a key off the curve are refused`() throws {
        let browser = Browser()
        var wrong = browser.subscription
        wrong.p256dh[64] ^= 1

        #expect(throws: WebPushEncryptionError.plaintextTooLong(bytes: 3994)) {
            try WebPushEncryption.encrypt([UInt8](repeating: 0, count: 3994), for: browser.subscription)
        }
        #expect(throws: WebPushEncryptionError.malformedSubscription) {
            try WebPushEncryption.encrypt([1], for: wrong)
        }
        wrong.p256dh = []
        #expect(throws: WebPushEncryptionError.malformedSubscription) {
            try WebPushEncryption.encrypt([1], for: wrong)
        }
    }

    private func randomBytes(_ count: Int, using random: inout SeededRandom) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
