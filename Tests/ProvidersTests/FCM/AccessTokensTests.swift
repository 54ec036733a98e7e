import Domain
import Providers
import Testing

@Suite struct AccessTokensTests {
    static let now = Samples.now

    private func tokens(_ endpoint: FakeTokenEndpoint) throws -> AccessTokens {
        AccessTokens(credential: try FCMCredential(json: ServiceAccountFile.json()), exchange: endpoint.exchange)
    }

    @Test func `a token is kept and asked for again five minutes before its end`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a"), FakeTokenEndpoint.granted("b")])
        let tokens = try tokens(endpoint)
        #expect(tokens.current(at: Self.now) == nil)

        #expect(await tokens.refresh(at: Self.now).token?.value == "a")
        let before = Self.now + .seconds(3599 - 301)
        let first = try #require(tokens.current(at: before))
        #expect(await tokens.refresh(at: before) == .current(first))
        #expect(endpoint.callCount == 1)

        let second = await tokens.refresh(at: Self.now + .seconds(3599 - 300))
        #expect(second.token?.value == "b")
        #expect(try #require(second.token).generation > first.generation)
    }

    @Test func `a short life is renewed in its last quarter`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a", seconds: 60)])
        let tokens = try tokens(endpoint)

        _ = await tokens.refresh(at: Self.now)
        _ = await tokens.refresh(at: Self.now + .seconds(44))
        #expect(endpoint.callCount == 1)
        _ = await tokens.refresh(at: Self.now + .seconds(45))
        #expect(endpoint.callCount == 2)
    }

    @Test func `many callers make one request`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a")], waits: true)
        let tokens = try tokens(endpoint)

        let values = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { await tokens.refresh(at: Self.now).token?.value } }
            await endpoint.arrival()
            endpoint.open()
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(values == Array(repeating: "a", count: 50))
        #expect(endpoint.callCount == 1)
    }

    @Test func `the old token serves while a new one is on its way`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a"), FakeTokenEndpoint.granted("b")], waits: true)
        let tokens = try tokens(endpoint)
        let due = Self.now + .seconds(3400)
        async let first = tokens.refresh(at: Self.now)
        await endpoint.arrival()
        #expect(tokens.current(at: Self.now) == nil)
        endpoint.open()
        _ = await first

        #expect(tokens.current(at: due)?.value == "a")
        #expect(await tokens.refresh(at: due).token?.value == "b")
        #expect(tokens.current(at: due)?.value == "b")
    }

    @Test func `a caller who gives up takes the answer from nobody`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a")], waits: true)
        let tokens = try tokens(endpoint)

        let first = Task { await tokens.refresh(at: Self.now) }
        await endpoint.arrival()
        first.cancel()
        async let second = tokens.refresh(at: Self.now)
        endpoint.open()

        #expect(await second.token?.value == "a")
        #expect(endpoint.callCount == 1)
    }

    @Test func `a failed renewal with a valid token is only a warning, until the token ends`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a"), nil])
        let tokens = try tokens(endpoint)
        let first = try #require(await tokens.refresh(at: Self.now).token)
        let failure = AccessTokenError.unreachable(status: 0, retryAfter: nil)

        #expect(await tokens.refresh(at: Self.now + .seconds(3400)) == .kept(first, failure))
        #expect(tokens.current(at: Self.now + .seconds(3598)) == first)
        #expect(await tokens.refresh(at: Self.now + .seconds(3599)) == .failed(failure))
        #expect(tokens.current(at: Self.now + .seconds(3599)) == nil)
    }

    @Test func `after a failure the endpoint is left alone as long as it asks, ten seconds at least`() async throws {
        let busy = TokenEndpointAnswer(status: 503, body: [], retryAfter: "30")
        let endpoint = FakeTokenEndpoint([nil, busy, FakeTokenEndpoint.granted("a")])
        let tokens = try tokens(endpoint)

        for (second, calls) in [(0, 1), (9, 1), (10, 2), (39, 2), (40, 3)] as [(Int64, Int)] {
            _ = await tokens.refresh(at: Self.now + .seconds(second))
            #expect(endpoint.callCount == calls, "after \(second) s")
        }
    }

    @Test func `a rejected token is replaced once, and not given out again`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a"), FakeTokenEndpoint.granted("b")])
        let tokens = try tokens(endpoint)
        let first = try #require(await tokens.refresh(at: Self.now).token)

        let second = await tokens.replace(rejected: first.generation, at: Self.now)
        #expect(second.token?.value == "b")
        let replacement = try #require(second.token)
        #expect(await tokens.replace(rejected: first.generation, at: Self.now) == .current(replacement))
        #expect(endpoint.callCount == 2)
    }

    @Test func `a rejected token that cannot be replaced is not used on`() async throws {
        let endpoint = FakeTokenEndpoint([FakeTokenEndpoint.granted("a"), nil])
        let tokens = try tokens(endpoint)
        let first = try #require(await tokens.refresh(at: Self.now).token)

        #expect(await tokens.replace(rejected: first.generation, at: Self.now).token == nil)
        #expect(tokens.current(at: Self.now) == nil)
    }

    @Test func `a token shows itself to nobody`() async throws {
        let tokens = try tokens(FakeTokenEndpoint([FakeTokenEndpoint.granted("secret")]))

        let refresh = await tokens.refresh(at: Self.now)

        #expect(!"\(refresh) \(String(reflecting: refresh))".contains("secret"))
    }
}
