import Crypto
import Simulator
import Testing

/// The simulator without its sockets.
struct ResponderTests {
    private let fixture = Fixture()

    private func responder(script: String = "{}", change: (inout SimulatorSettings) -> Void = { _ in }) throws
        -> Responder
    {
        var settings = SimulatorSettings()
        settings.apns = [fixture.apnsAccount]
        settings.script = try Script(parsing: Array(script.utf8))
        settings.now = { Fixture.now * 1000 }
        change(&settings)
        return Responder(settings: settings, log: PushLog())
    }

    private func push(_ token: String = Fixture.deviceToken, to responder: Responder) throws -> String {
        describe(responder.respond(to: try fixture.apnsRequest(path: "/3/device/\(token)")))
    }

    private func describe(_ response: Responder.Response) -> String {
        switch response.reply {
        case .silence: return "silence"
        case .reset(let code): return "reset \(code)"
        case .close: return "close"
        case .freeze: return "freeze"
        case .answer(let answer):
            return ["\(answer.status)", String(decoding: answer.body, as: UTF8.self)].filter { !$0.isEmpty }.joined(
                separator: " "
            )
        }
    }

    private func userinfo(_ bearer: String, _ responder: Responder) -> String {
        describe(
            responder.respond(
                to: ReceivedRequest(
                    version: .http1,
                    method: "GET",
                    target: "/auth/oauth2/userinfo?version=v2.0",
                    headers: [("authorization", "Bearer \(bearer)")]
                )
            )
        )
    }

    @Test func `an accepted push is answered 200 with its apns-id and no body`() throws {
        let response = try responder().respond(to: try fixture.apnsRequest())
        guard case .answer(let answer) = response.reply else { return #expect(Bool(false)) }
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.headers.map(\.name) == ["apns-id"])
        #expect(answer.headers.map(\.value) == ["123e4567-e89b-12d3-a456-426614174000"])
    }

    @Test func `APNs does not speak HTTP 1`() throws {
        var request = try fixture.apnsRequest()
        request.version = .http1
        #expect(describe(try responder().respond(to: request)) == #"505 {"reason":"HTTPVersionNotSupported"}"#)
    }

    @Test(arguments: [
        (#""unregistered""#, #"410 {"reason":"Unregistered","timestamp":1800000000000}"#),
        (#"{"behaviour":"unregistered","timestamp":5}"#, #"410 {"reason":"Unregistered","timestamp":5}"#),
        (#""bad-device-token""#, #"400 {"reason":"BadDeviceToken"}"#),
        (#""429""#, #"429 {"reason":"TooManyRequests"}"#), (#""503""#, #"503 {"reason":"ServiceUnavailable"}"#),
        (#""500""#, #"500 {"reason":"InternalServerError"}"#), (#""silence""#, "silence"), (#""accept""#, "200"),
        (#""invalid-provider-token""#, #"403 {"reason":"InvalidProviderToken"}"#),
        (#"{"status":400,"reason":"NewReason"}"#, #"400 {"reason":"NewReason"}"#),
        (#"{"status":502,"body":"<html>","contentType":"text/html"}"#, "502 <html>"),
    ])
    func `each word of a script is APNs's own answer`(behaviour: String, expected: String) throws {
        #expect(try push(to: try responder(script: #"{"apns":{"*":\#(behaviour)}}"#)) == expected)
    }

    @Test func `Retry-After is sent as scripted`() throws {
        let responder = try responder(script: #"{"*":{"*":{"behaviour":"429","retryAfter":30}}}"#)
        guard case .answer(let answer) = responder.respond(to: try fixture.apnsRequest()).reply else {
            return #expect(Bool(false))
        }
        #expect(answer.headers.first { $0.name == "retry-after" }?.value == "30")
    }

    @Test func `a script plays its steps and then the provider behaves well`() throws {
        let responder = try responder(
            script: #"{"apns":{"*":[{"behaviour":"503","times":2},{"behaviour":"500","times":1}]}}"#
        )
        let statuses = try (0..<4).map { _ in try push(to: responder).prefix(3) }
        #expect(statuses == ["503", "503", "500", "200"])
    }

    @Test func `a rule for a token wins over the rule for everyone`() throws {
        let responder = try responder(script: #"{"*":{"*":"503"},"apns":{"ab":"unregistered","cd":"accept"}}"#)
        #expect(try push("ab", to: responder).hasPrefix("410"))
        #expect(try push("cd", to: responder) == "200")
        #expect(try push("ef", to: responder).hasPrefix("503"))
    }

    @Test func `a wrong request is refused even where the script is silent`() throws {
        let responder = try responder(script: #"{"*":{"*":"silence"}}"#)
        let request = try fixture.apnsRequest(["apns-priority": "3"])
        #expect(describe(responder.respond(to: request)) == #"400 {"reason":"BadPriority"}"#)
    }

    @Test func `a new provider token within twenty minutes is refused on that connection only`() throws {
        let responder = try responder { $0.limitsProviderTokenUpdates = true }
        func push(issuedAt: Int64, connection: Int) throws -> String {
            let token = try fixture.providerToken(issuedAt: .integer(issuedAt))
            let request = try fixture.apnsRequest(["authorization": "bearer \(token)"], connection: connection)
            return describe(responder.respond(to: request))
        }
        // One token kept, because signatures are randomised.
        let first = try fixture.apnsRequest(connection: 1)
        #expect(describe(responder.respond(to: first)) == "200")
        #expect(describe(responder.respond(to: first)) == "200")
        #expect(try push(issuedAt: Fixture.now - 1, connection: 1) == #"429 {"reason":"TooManyProviderTokenUpdates"}"#)
        #expect(try push(issuedAt: Fixture.now - 1, connection: 2) == "200")
        responder.closed(connection: 1)
        #expect(try push(issuedAt: Fixture.now - 2, connection: 1) == "200")
    }

    @Test func `a connection is bound to the key of its first push`() throws {
        let second = P256.Signing.PrivateKey()
        let responder = try responder { settings in
            settings.apns.append(
                APNsAccount(teamID: "TEAM000001", keyID: "KEY0000002", topic: fixture.topic, key: second.publicKey)
            )
        }
        let token = try fixture.providerToken(header: ["alg": "ES256", "kid": "KEY0000002"], key: second)
        func push(_ token: String?, connection: Int) throws -> String {
            let changes = token.map { ["authorization": "bearer \($0)"] } ?? [:]
            return describe(responder.respond(to: try fixture.apnsRequest(changes, connection: connection)))
        }
        #expect(try push(nil, connection: 1) == "200")
        #expect(try push(token, connection: 1) == #"403 {"reason":"UnrelatedKeyIdInToken"}"#)
        #expect(try push(token, connection: 2) == "200")
        responder.closed(connection: 1)
        #expect(try push(token, connection: 1) == "200")
    }

    @Test(
        arguments: [
            (#""UNREGISTERED""#, "404", "UNREGISTERED"), (#""bad-device-token""#, "400", "INVALID_ARGUMENT"),
            (#""SENDER_ID_MISMATCH""#, "403", "SENDER_ID_MISMATCH"), (#""PERMISSION_DENIED""#, "403", nil),
            (#""UNAUTHENTICATED""#, "401", nil), (#""THIRD_PARTY_AUTH_ERROR""#, "401", "THIRD_PARTY_AUTH_ERROR"),
            (#""not-found""#, "404", nil), (#""QUOTA_EXCEEDED""#, "429", "QUOTA_EXCEEDED"),
            (#""DEVICE_RATE_EXCEEDED""#, "429", "QUOTA_EXCEEDED"), (#""INTERNAL""#, "500", "INTERNAL"),
            (#""UNAVAILABLE""#, "503", "UNAVAILABLE"), (#""UNSPECIFIED_ERROR""#, "500", "UNSPECIFIED_ERROR"),
            (#""payload-too-large""#, "400", "INVALID_ARGUMENT"),
            (#"{"status":418,"reason":"TEAPOT"}"#, "418", "TEAPOT"),
            (#""html-502""#, "502", nil),
        ] as [(String, String, String?)]
    )
    func `each word of a script is FCM's own answer`(behaviour: String, status: String, errorCode: String?) throws {
        // No access token is needed where nothing is refused.
        let responder = try responder(script: #"{"fcm":{"t":\#(behaviour)}}"#) { $0.isStrict = false }
        let answer = describe(responder.respond(to: Fixture.fcmRequest(#"{"message":{"token":"t"}}"#, bearer: nil)))
        #expect(answer.prefix(3) == status)
        #expect(answer.contains("errorCode") == (errorCode != nil))
        if let errorCode { #expect(answer.contains(#""errorCode":"\#(errorCode)""#)) }
    }

    @Test func `the ENT answers a known bearer and sends others to its login`() throws {
        let responder = try responder { settings in
            settings.users = UserDirectory(profiles: ["special": ["userId": "u9", "type": "Teacher"]])
        }
        #expect(userinfo("ent-u1", responder).contains(#""type":"Relative""#))
        #expect(userinfo("ent-u1", responder).contains(#""userId":"u1""#))
        #expect(userinfo("special", responder) == #"200 {"type":"Teacher","userId":"u9"}"#)
        #expect(userinfo("nobody", responder) == "302")
        #expect(userinfo("ent-", responder) == "302")
    }

    @Test func `the ENT misbehaves by bearer and its log names the user only`() throws {
        let responder = try responder(
            script: #"{"ent":{"ent-a":"503","ent-b":"silence","ent-c":"no-owner","ent-d":"html"}}"#
        )
        #expect(userinfo("ent-a", responder).hasPrefix("503"))
        #expect(userinfo("ent-b", responder) == "silence")
        #expect(userinfo("ent-c", responder) == #"200 {"login":"someone"}"#)
        #expect(userinfo("ent-d", responder).hasPrefix("200 <html>"))
        #expect(!String(decoding: responder.log.lines(since: 0), as: UTF8.self).contains("ent-"))
    }

    @Test func `the control endpoints read the log and exchange the script`() throws {
        let responder = try responder()
        func control(_ method: String, _ target: String, _ body: String = "") -> String {
            describe(responder.respond(to: ReceivedRequest(method: method, target: target, body: Array(body.utf8))))
        }
        #expect(control("PUT", "/control/script", #"{"apns":{"*":"shrug"}}"#).hasPrefix("400"))
        #expect(control("PUT", "/control/script", #"{"apns":{"ab":"unregistered"}}"#) == "204")
        #expect(try push("ab", to: responder).hasPrefix("410"))
        #expect(control("DELETE", "/control/script") == "204")
        #expect(try push("ab", to: responder) == "200")
        #expect(try push("ab", to: responder) == "200")
        #expect(
            control("GET", "/control/counts").contains(
                #""apns":{"accepted":2,"distinctCredentials":3,"distinctTokens":1,"lost":0,"refused":0,"scripted":1"#
            )
        )
        #expect(control("GET", "/control/log?since=2").split(separator: "\n").count == 1)
        #expect(control("GET", "/control/log?since=x").hasPrefix("400"))
        #expect(control("GET", "/control/log?outcome=scripted").split(separator: "\n").count == 1)
        #expect(
            control("GET", "/control/log?provider=apns&token=ab&outcome=accepted").split(separator: "\n").count == 2
        )
        #expect(control("GET", "/control/log?provider=fcm") == "200")
        #expect(control("GET", "/control/log?provider=gcm").hasPrefix("400"))
        #expect(control("POST", "/control/script", #"{"apns":{"*":"503"}}"#) == "204")
        #expect(control("GET", "/control/script") == #"200 {"apns":{"*":"503"}}"#)
        #expect(control("POST", "/control/reset") == "204")
        #expect(control("GET", "/control/script") == "200 {}")
        #expect(control("DELETE", "/control/log") == "204")
        #expect(control("GET", "/control/counts").contains(#""apns":{"accepted":0"#))
        #expect(control("GET", "/control/nothing").hasPrefix("404"))
    }

    @Test func `without strictness a defect is taken and named in the log`() throws {
        let responder = try responder { $0.isStrict = false }
        let request = try fixture.apnsRequest(["apns-priority": "3", "authorization": nil])
        #expect(describe(responder.respond(to: request)) == "200")
        let fcm = Fixture.fcmRequest(#"{"message":{"token":"t","colour":1}}"#, bearer: nil)
        #expect(describe(responder.respond(to: fcm)).hasPrefix("200"))
        let log = String(decoding: responder.log.lines(since: 0), as: UTF8.self)
        #expect(log.contains(#""defect":"MissingProviderToken""#))
        #expect(log.contains(#""defect":"UNAUTHENTICATED""#))
        #expect(responder.log.counts.providers[.apns]?.accepted == 1)
    }
}
