import Domain
import FanOut
import Providers
import Synchronization
import Testing

/// What a lane asks of its provider's wire: requests, credentials and what becomes of refused ones.
@Suite struct WireTests {
    private static let nowhere = CredentialStorage(stored: nil) { _ in }

    @Test func `FCM writes nothing without a token, and asks again for one that was refused`() async throws {
        let endpoint = FakeTokenEndpoint([
            FakeTokenEndpoint.granted("first"), FakeTokenEndpoint.granted("second"), FakeTokenEndpoint.granted("third"),
        ])
        let lane = try LaneSamples.fcm(endpoint)
        let wire = lane.wire(Self.nowhere)
        var sample = WireSample()
        let push = try WireSample.push(to: .fcmToken("abc:def"), on: lane)

        #expect(try sample.write(push, with: wire).used == nil)
        #expect(wire.wantsRefresh(at: Samples.now))
        #expect(await wire.refresh(rejected: nil, at: Samples.now) == nil)
        let first = try #require(try sample.write(push, with: wire).used)
        #expect(!wire.wantsRefresh(at: Samples.now) && wire.wantsRefresh(at: Samples.now + .seconds(3400)))
        #expect(await wire.refresh(rejected: first, at: Samples.now) == nil)
        let second = try #require(try sample.write(push, with: wire).used)
        #expect(second != first)
        // The first is refused once more by an answer that was under way.
        #expect(await wire.refresh(rejected: first, at: Samples.now) == nil)
        #expect(try sample.write(push, with: wire).used == second)
        #expect(endpoint.callCount == 2)
    }

    @Test func `Firebase alone hands messages on to other providers, and not those to Android`() throws {
        #expect(try LaneSamples.fcm().forwardedPlatforms == [.ios, .web])
        #expect(try LaneSamples.apns().forwardedPlatforms.isEmpty)
        #expect(try LaneSamples.webpush().forwardedPlatforms.isEmpty)
    }

    @Test func `a refresh that fails says what the lane does`() async throws {
        let endpoint = FakeTokenEndpoint([
            TokenEndpointAnswer(status: 400, body: Array(#"{"error":"invalid_grant"}"#.utf8))
        ])
        let wire = try LaneSamples.fcm(endpoint).wire(Self.nowhere)
        let failure = await wire.refresh(rejected: nil, at: Samples.now)
        #expect(failure?.verdict == .credentialFault && failure?.reason == "invalid_grant")
    }

    @Test func `no two lanes give the same number to a credential, also after a reload`() async throws {
        let answer = FakeTokenEndpoint.granted("same")
        var seen: Set<UsedCredential> = []
        for _ in 0..<3 {
            let lane = try LaneSamples.fcm(FakeTokenEndpoint([answer]))
            let wire = lane.wire(Self.nowhere)
            _ = await wire.refresh(rejected: nil, at: Samples.now)
            var sample = WireSample()
            seen.insert(try #require(try sample.write(WireSample.push(to: .fcmToken("a"), on: lane), with: wire).used))
            let apns = try LaneSamples.apns()
            seen.insert(
                try #require(
                    try sample.write(WireSample.push(to: .apns("aa"), on: apns), with: apns.wire(Self.nowhere)).used
                )
            )
        }
        #expect(seen.count == 6)
    }

    @Test func `FCM's two addresses stand in the body under their own names`() async throws {
        let answer = FakeTokenEndpoint.granted("t")
        let lane = try LaneSamples.fcm(FakeTokenEndpoint([answer]))
        let wire = lane.wire(Self.nowhere)
        _ = await wire.refresh(rejected: nil, at: Samples.now)
        var sample = WireSample()
        func message(_ target: Target) throws -> JSONValue? {
            try JSONParser.parse(sample.write(WireSample.push(to: target, on: lane), with: wire).body)["message"]
        }
        #expect(try message(.fcmToken("abc:def"))?["token"] == "abc:def")
        let installation = try message(.fcmInstallation("cafe"))
        #expect(installation?["fid"] == "cafe" && installation?["token"] == nil)
        #expect(installation?["data"]?["receiver"] == "u-1")
    }

    @Test func `APNs keeps its token for the next start`() throws {
        let kept = Mutex<[[UInt8]]>([])
        let lane = try LaneSamples.apns()
        let first = lane.wire(CredentialStorage(stored: nil) { bytes in kept.withLock { $0.append(bytes) } })
        var sample = WireSample()
        let push = try WireSample.push(to: .apns("00ff"), on: lane)
        _ = try sample.write(push, with: first)
        _ = try sample.write(push, with: first, on: 2)
        let stored = kept.withLock { $0 }
        #expect(stored.count == 1)
        #expect(stored.first.map { String(decoding: $0, as: UTF8.self) }?.hasPrefix("ABC123DEFG\n1789396260\n") == true)

        let restarted = lane.wire(
            CredentialStorage(stored: stored.first) { bytes in kept.withLock { $0.append(bytes) } }
        )
        _ = try sample.write(push, with: restarted, now: Samples.now + .seconds(60))
        #expect(kept.withLock(\.count) == 1, "no new token is made")

        for damaged in [[], Array("x".utf8), Array("k\nsoon\nt".utf8)] {
            let wire = lane.wire(CredentialStorage(stored: damaged) { bytes in kept.withLock { $0.append(bytes) } })
            #expect(try sample.write(push, with: wire).used != nil)
        }
        #expect(kept.withLock(\.count) == 4)
    }

    @Test func `an expired APNs token is dropped, one that is too young is a wrong clock`() throws {
        let lane = try LaneSamples.apns()
        let wire = lane.wire(Self.nowhere)
        #expect(wire.renewal == .minted)
        var sample = WireSample()
        let push = try WireSample.push(to: .apns("00ff"), on: lane)
        let used = try #require(try sample.write(push, with: wire).used)
        #expect(!wire.expire(used, now: Samples.now + .seconds(60)))
        #expect(wire.expire(used, now: Samples.now + .seconds(1300)))
        let next = try #require(try sample.write(push, with: wire, on: 2, now: Samples.now + .seconds(1300)).used)
        #expect(next != used)
        #expect(wire.expire(used, now: Samples.now + .seconds(1301)), "an older one has been dropped already")
        #expect(try sample.write(push, with: wire, on: 3, now: Samples.now + .seconds(1302)).used == next)
    }

    @Test func `a connection goes back to the APNs token it had`() throws {
        let lane = try LaneSamples.apns()
        let wire = lane.wire(Self.nowhere)
        var sample = WireSample()
        let push = try WireSample.push(to: .apns("00ff"), on: lane)
        let first = try #require(try sample.write(push, with: wire).used)
        #expect(!wire.revert(ConnectionID(1), rejected: first, now: Samples.now), "there is none before the first")
        let later = Samples.now + .seconds(36 * 60)
        let second = try #require(try sample.write(push, with: wire, now: later).used)
        #expect(second != first)
        #expect(wire.revert(ConnectionID(1), rejected: second, now: later))
        #expect(try sample.write(push, with: wire, now: later).used == first)
        wire.forget(ConnectionID(1))
        #expect(try sample.write(push, with: wire, now: later).used == second)
    }

    @Test func `Web Push gives the ordinary client the same request`() throws {
        let lane = try LaneSamples.webpush()
        let wire = lane.wire(Self.nowhere)
        var sample = WireSample()
        let browser = Browser()
        let push = try WireSample.push(to: .webpush(browser.subscription), on: lane)
        let (used, body) = try sample.write(push, with: wire)
        #expect(used == .only && wire.renewal == .never)
        let ordinary = try #require(try wire.ordinaryRequest(for: push, now: Samples.now))
        #expect(ordinary.url == browser.subscription.endpoint && ordinary.body == body)
        #expect(ordinary.headers.map(\.name).contains("topic"))
        let text = String(decoding: try browser.decrypt(body), as: UTF8.self)
        #expect(text.contains(#""receiver":"u-1""#))
        #expect(lane.fallsBackToHTTP1 && lane.encryptsEachMessage && lane.isServiceNamedByAddress)
    }

    @Test func `the others have no request for the ordinary client, and no address of a device's choice`() throws {
        let lanes: [any ProviderLane] = [try LaneSamples.fcm(), try LaneSamples.apns()]
        let targets: [Target] = [.fcmToken("a"), .apns("aa")]
        for (lane, target) in zip(lanes, targets) {
            let push = try WireSample.push(to: target, on: lane)
            #expect(try lane.wire(Self.nowhere).ordinaryRequest(for: push, now: Samples.now) == nil)
            #expect(!lane.fallsBackToHTTP1 && !lane.encryptsEachMessage && !lane.isServiceNamedByAddress)
        }
    }
}
