import FanOut
import Synchronization
import Testing

/// Which addresses a lane connects to.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct AddressTests {
    @Test func `a policy that allows the address lets the lane connect`() async throws {
        let seen = Mutex<[ResolvedAddress]>([])
        let lane = try TestLane(certificate: "numeric", host: "127.0.0.1") {
            $0.addressPolicy = .check { address in
                seen.withLock { $0.append(address) }
                return true
            }
        }

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.status == 200)
        #expect(seen.withLock { $0 } == [ResolvedAddress(family: .ipv4, bytes: [127, 0, 0, 1])])
        await lane.end()
    }

    @Test(arguments: ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "::ffff:127.0.0.1", "::ffff:7f00:1"])
    func `every way of writing a forbidden address is refused, and the reason does not tell it`(host: String)
        async throws
    {
        let lane = try TestLane(port: 443, server: nil, feed: TestFeed(), rules: .forTests, host: host) {
            $0.addressPolicy = .check { $0 != ResolvedAddress(family: .ipv4, bytes: [127, 0, 0, 1]) }
        }
        #expect(await lane.connectFailure() == .forbiddenAddress("\(host): its address is not allowed"))
        await lane.end()
    }

    @Test func `one forbidden address among good ones forbids them all`() async throws {
        let lane = try TestLane {
            $0.addresses = ["127.0.0.1", "::1"]
            $0.addressPolicy = .check { $0.family == .ipv4 }
        }
        #expect(await lane.connectFailure() == .forbiddenAddress("localhost: its address is not allowed"))
        await lane.end()
    }

    @Test func `addresses in a configuration are not looked up`() async throws {
        let lane = try TestLane(port: 443, server: nil, feed: TestFeed(), rules: .forTests) {
            $0.addresses = ["localhost"]
        }
        guard case .nameNotResolved = await lane.connectFailure() else {
            Issue.record("\(lane.feed.events)")
            return
        }
        await lane.end()
    }

    @Test func `a second connection prefers an address the lane does not use yet`() async throws {
        var rules = PoolRules.forTests
        rules.connectionsMax = 3
        rules.growAfter = .milliseconds(1)
        let lane = try TestLane(["--streams", "1", "--listen", "127.0.0.1,127.0.0.2,127.0.0.3"], rules: rules) {
            $0.addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
        }

        // Each connection takes one; the third answers.
        await lane.send(["/hold", "/hold", "/ok"], untilFinished: 1)

        #expect(lane.feed.field("x-address", of: 3) == "127.0.0.3")
        let addresses = lane.feed.events.compactMap { event -> String? in
            guard case .opened(_, let address, _) = event else { return nil }
            return address
        }
        #expect(addresses == ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
        await lane.engine.shutDown(within: .zero)
        await lane.end()
    }

    @Test func `the only address left is used again`() async throws {
        var rules = PoolRules.forTests
        rules.connectionsMax = 2
        rules.growAfter = .milliseconds(1)
        let lane = try TestLane(["--streams", "1"], rules: rules) { $0.addresses = ["127.0.0.1", "127.0.0.9"] }

        await lane.send(["/hold", "/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[2]?.status == 200, "127.0.0.9 is tried first and refuses")
        await lane.engine.shutDown(within: .zero)
        await lane.end()
    }
}
