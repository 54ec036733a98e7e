// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import API
import Domain
import TestSupport
import Testing

struct StandardWebhooksTests {
    /// The example secret and message of the reference libraries.
    static let secret = Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    static let now = Instant(seconds: 1_614_265_330)

    func verify(
        secrets: [[UInt8]] = [secret],
        id: String? = id,
        timestamp: String? = "1614265330",
        signatures: String? = signature,
        body: [UInt8] = body,
        now: Instant = now
    ) throws(StandardWebhooks.Fault) {
        try StandardWebhooks.verify(
            secrets: secrets,
            id: id,
            timestamp: timestamp,
            signatures: signatures,
            body: body,
            now: now
        )
    }

    @Test func `a signature made elsewhere is accepted`() throws {
        try verify()
        #expect(
            StandardWebhooks.sign(secret: Self.secret, id: Self.id, timestamp: 1_614_265_330, body: Self.body)
                == Self.signature
        )
    }

    @Test func `any of several signatures and secrets is enough`() throws {
        try verify(secrets: [[1, 2, 3], Self.secret], signatures: "v1a,xyz v1,AAAA \(Self.signature)")
    }

    @Test func `the tolerance holds both ways`() throws {
        try verify(now: Instant(seconds: 1_614_265_630))
        try verify(now: Instant(seconds: 1_614_265_030))
        #expect(throws: StandardWebhooks.Fault.tooOld) { try verify(now: Instant(milliseconds: 1_614_265_630_001)) }
        #expect(throws: StandardWebhooks.Fault.tooNew) { try verify(now: Instant(milliseconds: 1_614_265_029_999)) }
    }

    @Test func `each fault has its word`() {
        #expect(throws: StandardWebhooks.Fault.missingHeader) { try verify(id: nil) }
        #expect(throws: StandardWebhooks.Fault.missingHeader) { try verify(signatures: "") }
        #expect(throws: StandardWebhooks.Fault.malformedID) { try verify(id: "a.b") }
        for timestamp in ["-5", "1614265330.0", "x", "99999999999999"] {
            #expect(throws: StandardWebhooks.Fault.malformedTimestamp) { try verify(timestamp: timestamp) }
        }
        #expect(throws: StandardWebhooks.Fault.noKnownVersion) { try verify(signatures: "v1a,AAAA v2,BBBB") }
        #expect(throws: StandardWebhooks.Fault.mismatch) { try verify(signatures: "v1,AAAA") }
        #expect(throws: StandardWebhooks.Fault.mismatch) { try verify(body: Self.body + [0x20]) }
        #expect(throws: StandardWebhooks.Fault.mismatch) { try verify(id: "msg_other") }
        #expect(throws: StandardWebhooks.Fault.mismatch) { try verify(secrets: []) }
    }

    @Test func `a publisher key is known by its hash`() throws {
        let key = "cpk_" + Base64.encodeURL(Array(repeating: 7, count: 32))
        let hash = try #require(PublisherKey.hash(key))
        let other = try #require(PublisherKey.hash("cpk_" + Base64.encodeURL(Array(repeating: 8, count: 32))))
        let known = PublisherKey(id: "k1", sha256: hash, until: Instant(milliseconds: 2_000))

        #expect(!known.isUsed(other, now: Instant(milliseconds: 1_000)) && known.use.last == nil)
        #expect(known.isUsed(hash, now: Instant(milliseconds: 1_999)))
        #expect(known.use.last == Instant(milliseconds: 1_999))
        #expect(!known.isUsed(hash, now: Instant(milliseconds: 2_000)))
        #expect(PublisherKey.hash("cpk_short") == nil)
    }
}
