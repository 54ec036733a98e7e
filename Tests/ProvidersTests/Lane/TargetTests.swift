import Domain
import Providers
import Testing

/// Addresses as stores keep them: existing ones must be read for ever.
@Suite struct TargetTests {
    static let subscription = Subscription(
        endpoint: "https://push.example.org:8443/x?y",
        p256dh: [UInt8](repeating: 4, count: 65),
        auth: [UInt8](repeating: 5, count: 16)
    )

    @Test func `the stored form of each address is what it has always been`() {
        #expect(Target.fcmToken("abc:def").bytes == [1] + Array("abc:def".utf8))
        #expect(Target.fcmInstallation("cafe").bytes == [2] + Array("cafe".utf8))
        #expect(Target.apns("00ff").bytes == [3] + Array("00ff".utf8))
        let keys = [UInt8](repeating: 4, count: 65) + [UInt8](repeating: 5, count: 16)
        #expect(Target.webpush(Self.subscription).bytes == [4] + keys + Array("https://push.example.org:8443/x?y".utf8))
    }

    @Test func `an address is found by its identity, its other form by the sibling's`() {
        #expect(Target.fcmToken("abc:def").identity == [1] + Array("abc:def".utf8))
        #expect(Target.fcmToken("abc:def").sibling == Target.fcmInstallation("abc").identity)
        #expect(Target.fcmInstallation("abc").sibling == Target.fcmInstallation("abc").identity)
        #expect(Target.fcmToken("abc").sibling == nil && Target.apns("00ff").sibling == nil)
        var renewed = Self.subscription
        renewed.auth = [UInt8](repeating: 6, count: 16)
        #expect(Target.webpush(renewed).identity == Target.webpush(Self.subscription).identity)
        #expect(Target.webpush(renewed).bytes != Target.webpush(Self.subscription).bytes)
    }

    @Test func `lists show a kind and four characters; only a subscription names its service`() {
        let targets: [Target] = [
            .fcmToken("abc:defgh"), .fcmInstallation("cafecafe"), .apns("00ff00aa"), .webpush(Self.subscription),
        ]
        #expect(targets.map(\.kind) == ["token", "fid", "token", "subscription"])
        #expect(targets.map(\.tail) == ["efgh", "cafe", "00aa", "/x?y"])
        #expect(targets.map(\.authority) == [nil, nil, nil, "push.example.org:8443"])
        #expect(targets.map(\.provider.rawValue) == [1, 1, 2, 3])
    }

    @Test func `each lane takes its own addresses and no other's`() throws {
        let lanes: [(any ProviderLane, Set<UInt8>)] = [
            (try LaneSamples.fcm(), [1, 2]), (try LaneSamples.apns(), [3]), (try LaneSamples.webpush(), [4]),
        ]
        let browser = Browser()
        let targets: [Target] = [
            .fcmToken("abc:def"), .fcmInstallation("cafe"), .apns("00ff"), .webpush(browser.subscription),
        ]
        for (lane, own) in lanes {
            for target in targets {
                let form = try #require(target.bytes.first)
                if own.contains(form) {
                    #expect(try WireSample.push(to: target, on: lane).address.form == form)
                } else {
                    #expect(throws: AddressFault.foreign) { try WireSample.push(to: target, on: lane) }
                }
            }
        }
    }

    @Test func `the path of one push service is not told to another`() throws {
        var moved = Browser().subscription
        moved.endpoint = "https://push.example.org/secret"
        #expect(throws: AddressFault.foreign) { try WireSample.push(to: .webpush(moved), on: LaneSamples.webpush()) }
    }

    @Test func `a damaged subscription is unusable`() throws {
        let event = try WireSample.event(on: LaneSamples.webpush())
        let delivery = AddressedDelivery(event: event, receiver: "u", collapseID: "c")
        var scratch: [UInt8] = []
        for bytes in [[4], [4] + [UInt8](repeating: 0, count: 81), [4] + [UInt8](repeating: 0, count: 90)] as [[UInt8]]
        {
            #expect(throws: AddressFault.unusable) {
                try LaneSamples.webpush().address(bytes, for: delivery, scratch: &scratch)
            }
        }
    }
}
