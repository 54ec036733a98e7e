import Crypto
import Domain
import HTTPTypes
import Pipeline
import Store
import Synchronization
import Testing
import WebClient

@testable import API

/// Parents' tokens that are checked by their signature.
struct TokenIssuerTests {
    /// Runs the gateway with an issuer; `userinfo`: the ENT is asked about other tokens.
    private func run(
        userinfo: Bool = false,
        _ test: @Sendable (FakeIssuer, Gateway, APIClient) async throws -> Void
    ) async throws {
        let issuer = try FakeIssuer()
        let server = Task { try await issuer.server.run() }
        let port = try #require(await issuer.server.port())
        issuer.port.withLock { $0 = port }
        let client = WebClient()
        let url = issuer.url
        do {
            try await Gateway.run(change: { services in
                services.parents = ParentAuthenticator(
                    client: client,
                    userinfoURL: userinfo ? url + "/userinfo" : nil,
                    issuer: TokenIssuer(
                        client: client,
                        rules: TokenRules(issuer: url, audience: FakeIssuer.audience, skewSeconds: 60),
                        keysURL: nil,
                        limits: Limits(),
                        time: services.time
                    ),
                    limits: Limits(),
                    time: services.time
                )
            }) { gateway, api async throws in try await test(issuer, gateway, api) }
        } catch {
            Issue.record(error)
        }
        await client.stop()
        server.cancel()
        _ = await server.result
    }

    private func status(_ token: String, _ api: APIClient) async throws -> Int {
        try await api.send(.get, "/v1/devices", ["Authorization": "Bearer " + token]).status
    }

    @Test func `a token counts by its signature and its claims`() async throws {
        try await run { issuer, gateway, api async throws in
            let now = gateway.time.source.now().milliseconds / 1000
            func claims(_ changes: JSONObject = JSONObject([:]), without left: String? = nil) -> String {
                issuer.token(issuer.claims(now: now, changes, without: left))
            }
            let audiences: JSONValue = .array([.string("other"), .string(FakeIssuer.audience)])
            let good = [
                claims(), claims(JSONObject(["aud": audiences])), claims(JSONObject(["nbf": .number(now + 59)])),
                claims(JSONObject(["exp": .number(now - 59)])), claims(JSONObject(["exp": .number("\(now).5")])),
                claims(without: "uid"),
                issuer.token(
                    issuer.claims(now: now),
                    header: ["alg": "RS256", "kid": "r1", "typ": "at+jwt"],
                    by: issuer.byRSA
                ),
            ]
            for token in good { #expect(try await status(token, api) == 200) }
            let none: JSONValue = ["alg": "none"]
            let secret: JSONValue = ["alg": "HS256", "kid": "e1"]
            let foreign = P256.Signing.PrivateKey()
            let bad = [
                claims(JSONObject(["exp": .number(now - 61)])), claims(without: "exp"),
                claims(JSONObject(["exp": .string("soon")])),
                claims(JSONObject(["nbf": .number(now + 61)])), claims(JSONObject(["nbf": .string("later")])),
                claims(JSONObject(["aud": .string("other")])), claims(without: "aud"),
                claims(JSONObject(["aud": .array([])])),
                claims(JSONObject(["iss": .string(issuer.url + "/")])), claims(without: "iss"),
                claims(JSONObject(["uid": "", "sub": false])),
                claims(JSONObject(["uid": .string(" "), "sub": .string("")])),
                issuer.token(issuer.claims(now: now), header: none) { _ in [0] },
                issuer.token(issuer.claims(now: now), header: secret) { bytes in
                    let key = SymmetricKey(data: issuer.ec.publicKey.rawRepresentation)
                    return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
                },
                issuer.token(issuer.claims(now: now)) { bytes in
                    (try? foreign.signature(for: bytes)).map { Array($0.rawRepresentation) } ?? []
                },
                // The other key's algorithm, a signature in DER, an extension that would have to be understood.
                issuer.token(issuer.claims(now: now), header: ["alg": "RS256", "kid": "e1"]),
                issuer.token(issuer.claims(now: now)) { bytes in
                    (try? issuer.ec.signature(for: bytes)).map { Array($0.derRepresentation) } ?? []
                },
                issuer.token(
                    issuer.claims(now: now),
                    header: ["alg": "ES256", "kid": "e1", "crit": "b64"]
                ),
                // Two keys, and it says of none that it is its own.
                issuer.token(issuer.claims(now: now), header: ["alg": "ES256"]),
                String(claims().dropLast(2)), claims() + ".", "a.b.c", "opaque",
            ]
            for token in bad { #expect(try await status(token, api) == 401, "\(token)") }
            // Discovery and keys, once.
            #expect(issuer.requests == 2)
        }
    }

    @Test func `the account is that of the claims`() async throws {
        try await run { issuer, gateway, api async throws in
            let now = gateway.time.source.now().milliseconds / 1000
            let token = issuer.token(issuer.claims(now: now, JSONObject(["externalId": .string("feed-1")])))
            let answer = try await api.send(
                .put,
                "/v1/devices/phone-1",
                ["Authorization": "Bearer " + token, "Content-Type": "application/json"],
                JSONWriter.bytes(DeviceTests.fcm("token-1"))
            )
            #expect(answer.status == 201)
            let owner = try await gateway.services.registryReader.read { try $0.person("u1")?.key }
            #expect(owner == "feed-1")
        }
    }

    @Test func `keys come and go while it runs`() async throws {
        try await run { issuer, gateway, api async throws in
            func token(_ header: JSONValue? = nil, by sign: (([UInt8]) -> [UInt8])? = nil) -> String {
                let now = gateway.time.source.now().milliseconds / 1000
                return issuer.token(issuer.claims(now: now), header: header, by: sign)
            }
            #expect(try await status(token(), api) == 200)
            let next = P256.Signing.PrivateKey()
            let named: JSONValue = ["alg": "ES256", "kid": "e2"]
            func byNext(_ bytes: [UInt8]) -> [UInt8] {
                (try? next.signature(for: bytes)).map { Array($0.rawRepresentation) } ?? []
            }
            issuer.state.withLock { $0.keys = [issuer.key(next.publicKey, "e2"), ["kty": "OKP"]] }
            // An unknown key is asked for at most twice a minute, however many tokens name one.
            for _ in 0..<20 { #expect(try await status(token(named, by: byNext), api) == 401) }
            #expect(issuer.requests == 2)
            gateway.time.advance(.seconds(30))
            #expect(try await status(token(named, by: byNext), api) == 200)
            #expect(issuer.requests == 4)
            // What was taken back counts no more.
            #expect(try await status(token(), api) == 401)
            // Old keys go on counting while the issuer is away, for a day.
            issuer.state.withLock { $0.isDown = true }
            gateway.time.advance(.seconds(23 * 3600))
            #expect(try await status(token(named, by: byNext), api) == 200)
            gateway.time.advance(.seconds(2 * 3600))
            let answer = try await api.send(
                .get,
                "/v1/devices",
                ["Authorization": "Bearer " + token(named, by: byNext)]
            )
            #expect(answer.status == 503 && answer.code == "accountsUnavailable")
            issuer.state.withLock { $0.isDown = false }
            gateway.time.advance(.seconds(30))
            #expect(try await status(token(named, by: byNext), api) == 200)
        }
    }

    @Test func `a discovery document of somebody else names no keys`() async throws {
        try await run { issuer, gateway, api async throws in
            issuer.state.withLock { $0.issuer = "https://elsewhere.example.org" }
            let now = gateway.time.source.now().milliseconds / 1000
            #expect(try await status(issuer.token(issuer.claims(now: now)), api) == 503)
            #expect(issuer.requests == 1)
        }
    }

    @Test func `with both, the ENT is shown no token of the issuer, and all others`() async throws {
        try await run(userinfo: true) { issuer, gateway, api async throws in
            let now = gateway.time.source.now().milliseconds / 1000
            #expect(try await status(issuer.token(issuer.claims(now: now)), api) == 200)
            #expect(
                try await status(issuer.token(issuer.claims(now: now, JSONObject(["aud": .string("x")]))), api) == 401
            )
            #expect(!issuer.state.withLock { $0.requests.contains("/userinfo") })
            // The path answers 503: the ENT cannot say.
            #expect(try await status("opaque", api) == 503)
            #expect(
                try await status(issuer.token(issuer.claims(now: now, JSONObject(["iss": .string("other")]))), api)
                    == 503
            )
            #expect(issuer.state.withLock { $0.requests.filter { $0 == "/userinfo" }.count } == 2)
        }
    }

    @Test func `an address that invents tokens of the issuer is put off`() async throws {
        try await run { issuer, gateway, api async throws in
            let now = gateway.time.source.now().milliseconds / 1000
            var statuses: [Int] = []
            for number in 0..<(Limits().refusedTokensBurst + 2) {
                statuses.append(
                    try await status(
                        issuer.token(issuer.claims(now: now, JSONObject(["jti": .number(number)]))) { _ in [1] },
                        api
                    )
                )
            }
            #expect(statuses.last == 429 && statuses.first == 401)
        }
    }

    /// `has`: the key is among those fetched at 0; `asked`: when a fetch was last tried.
    @Test(arguments: [
        (asked: Int64?.none, cameAt: Int64?.none, has: false, now: Int64(0), hasFetched: false, answer: "fetch"),
        (0, nil, false, 29_999, false, "unavailable"), (0, nil, false, 30_000, false, "fetch"),
        (0, nil, false, 30_000, true, "unavailable"),
        (0, 0, true, 599_999, false, "key"), (0, 0, true, 600_000, false, "old"),
        (590_000, 0, true, 600_000, false, "key"),
        (0, 0, false, 29_999, false, "unknown"), (0, 0, false, 30_000, false, "fetch"),
        (0, 0, false, 30_000, true, "unknown"),
        (0, 0, true, 86_399_999, true, "key"), (0, 0, true, 86_400_000, false, "fetch"),
        (86_400_000, 0, true, 86_400_001, false, "unavailable"),
    ])
    func `keys are fetched when they are wanted, and not more often`(
        _ row: (asked: Int64?, cameAt: Int64?, has: Bool, now: Int64, hasFetched: Bool, answer: String)
    ) throws {
        let issuer = try FakeIssuer()
        var cache = IssuerKeyCache()
        if let asked = row.asked { cache.isAsking(now: asked) }
        let set: JSONValue = ["keys": [issuer.key(issuer.ec.publicKey, row.has ? "e1" : "e9")]]
        if let came = row.cameAt { cache.came(try #require(IssuerKeySet(set)), now: came) }
        let token = try #require(SignedToken(issuer.token(issuer.claims(now: 0))))
        let answer =
            switch cache.answer(token, hasFetched: row.hasFetched, now: row.now) {
            case .key(_, isOld: false): "key"
            case .key(_, isOld: true): "old"
            case .unknown: "unknown"
            case .fetch: "fetch"
            case .unavailable: "unavailable"
            }
        #expect(answer == row.answer)
    }
}
