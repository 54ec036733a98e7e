import FanOut
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct ProxyTests {
    /// A lane to the server through a proxy. The host's name exists for the proxy only.
    private func makeLane(
        _ options: [String] = [],
        credentials: Proxy.Credentials? = nil,
        rules: PoolRules = .forTests
    ) throws -> (lane: TestLane, proxy: Child) {
        var child: Child?
        let lane = try TestLane(certificate: "proxied", rules: rules, host: "provider.invalid") { configuration in
            let (proxy, port) = try Child.script("hostile-proxy.py", ["\(configuration.port)"] + options)
            child = proxy
            configuration.proxy = Proxy(host: "127.0.0.1", port: port, credentials: credentials)
            configuration.addressPolicy = .check { _ in false }
        }
        return (lane, try #require(child))
    }

    @Test(arguments: ["tunnel", "interim"])
    func `requests go through the proxy and the name is the proxy's to look up`(answer: String) async throws {
        let (lane, proxy) = try makeLane(["--answer", answer])

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.status == 200)
        await lane.end()
        withExtendedLifetime(proxy) {}
    }

    @Test func `credentials are sent as Basic`() async throws {
        let credentials = Proxy.Credentials(user: "collège", password: "a:b c")
        let (lane, proxy) = try makeLane(["--credentials", "collège:a:b c"], credentials: credentials)

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.status == 200)
        #expect("\(credentials)" == "credentials of collège", "no password in a log")
        await lane.end()
        withExtendedLifetime(proxy) {}
    }

    @Test func `wrong credentials are named as such`() async throws {
        let (lane, proxy) = try makeLane(["--credentials", "u:p"])
        #expect(await lane.connectFailure() == .proxy("proxy 127.0.0.1: the proxy wants other credentials (407)"))
        await lane.end()
        withExtendedLifetime(proxy) {}
    }

    @Test(arguments: [
        ("refuse", "the proxy answered CONNECT with 403"),
        ("hang-up", "the proxy closed the connection before its answer to CONNECT"),
        ("garbage", "no HTTP answer to CONNECT"),
        ("endless", "an answer to CONNECT beyond 8192 bytes"),
        ("chatty", "bytes after the answer to CONNECT"),
        ("silence", "no answer to CONNECT within 0.5 seconds"),
    ])
    func `a proxy that does not let us through is a fault of the proxy`(answer: String, reason: String) async throws {
        var rules = PoolRules.forTests
        if answer == "silence" { rules.connectTimeout = .milliseconds(500) }
        let (lane, proxy) = try makeLane(["--answer", answer], rules: rules)
        #expect(await lane.connectFailure() == .proxy("proxy 127.0.0.1: \(reason)"))
        await lane.end()
        withExtendedLifetime(proxy) {}
    }

    @Test func `a proxy that dies in flight and comes back is found again`() async throws {
        let (lane, proxy) = try makeLane()
        await lane.send(["/ok"], untilFinished: 1)
        // The third is answered after the second has been read.
        lane.send(["/hold", "/ok"])
        await lane.feed.wait { $0.outcomes[3] != nil }

        #expect(proxy.order("die") == "die")
        await lane.feed.wait { $0.outcomes[2] != nil }
        lane.send(["/ok"])
        await lane.feed.wait { $0.events.contains { if case .connectFailed(.proxy, _) = $0 { true } else { false } } }
        #expect(proxy.order("live") == "live")
        await lane.feed.wait { $0.outcomes[4] != nil }

        guard case .ambiguous(.connectionLost) = lane.feed.outcomes[2] else {
            Issue.record("\(String(describing: lane.feed.outcomes[2]))")
            return
        }
        #expect(lane.feed.outcomes[4]?.status == 200)
        await lane.end()
    }

    @Test func `a proxy whose name does not exist is a fault of the proxy`() async throws {
        let lane = try TestLane(port: 443, server: nil, feed: TestFeed(), rules: .forTests) {
            $0.proxy = Proxy(host: "no such.invalid", port: 3128)
        }
        guard case .proxy(let text) = await lane.connectFailure() else {
            Issue.record("\(lane.feed.events)")
            return
        }
        #expect(text.hasPrefix("proxy no such.invalid: "))
        await lane.end()
    }

    @Test(arguments: [
        ("a\r\nb", Proxy(host: "p", port: 1)), ("a b", Proxy(host: "p", port: 1)), ("a", Proxy(host: "", port: 1)),
        ("a", Proxy(host: "p", port: 1, credentials: .init(user: "u:v", password: ""))),
    ])
    func `settings that would change the text of a CONNECT are refused`(host: String, proxy: Proxy) async throws {
        let engine = FanOutEngine()
        try engine.start()
        var configuration = LaneConfiguration(host: host)
        configuration.proxy = proxy
        #expect(throws: LaneConfigurationError.self) {
            try engine.add(EngineLane(1), configuration, feed: TestFeed())
        }
        await engine.shutDown(within: .zero)
    }
}
