package import Domain
import FanOut
package import Settings
import WebClient

/// Firebase Cloud Messaging, HTTP v1: a service account, which is one Firebase project.
package struct FCM: Provider {
    package static let id = ProviderID(1)
    package static let name = "fcm"

    /// The lane is `fcm/<name>`.
    package var name: String
    /// The app of the devices it rings.
    package var app: String
    /// The service account's JSON; empty when secrets were not read.
    package var serviceAccount: Secret
    package var serviceAccountFile: String
    /// `https://host[:port]`, without path.
    package var endpoint: String
    /// What we allow ourselves of the project's quota.
    package var messagesPerMinute: Int
    package var expires: Instant?

    package var server: String? { endpoint }
    package var lanes: [LaneIdentity] { [Self.lane(name, app: app)] }

    package var credential: CredentialFile {
        CredentialFile(
            subject: "\(Self.name)/\(name)",
            path: serviceAccountFile,
            what: "service account",
            expires: expires
        )
    }

    package static func read(from providers: SettingsSection) -> [FCM] {
        let sections = providers.list(name)
        let entries = sections.map(FCM.init(reading:))
        SettingsSection.reportTwice(sections, entries.map(\.name), "name", "names a lane twice")
        SettingsSection.reportTwice(
            sections,
            entries.map(\.app),
            "app",
            "has a lane already: one fcm entry for each app"
        )
        return entries
    }

    private init(reading section: SettingsSection) {
        name = section.name()
        app = section.name("app", default: "onepocket")
        let file = section.path("serviceAccountFile")
        serviceAccountFile = file
        serviceAccount = section.secret("serviceAccountFile", path: file) { bytes in
            do throws(FCMCredentialError) {
                _ = try FCMCredential(json: bytes)
                return nil
            } catch { return error.sentence }
        }
        endpoint = section.endpoint(default: "https://fcm.googleapis.com")
        messagesPerMinute = section.integer("messagesPerMinute", default: 570_000, in: 60...100_000_000)
        expires = section.day("expires")
        section.close()
    }

    package static func classify(status: Int, body: [UInt8], retryAfter: String?, host: String, now: Instant)
        -> Classification
    {
        FCMAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now)
    }

    package static func body(saying word: String) -> JSONValue {
        [
            "error": [
                "status": .string(word),
                "details": [
                    [
                        "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                        "errorCode": .string(word),
                    ]
                ],
            ]
        ]
    }

    package func definition(of lane: LaneIdentity, in network: ProviderNetwork) throws -> LaneDefinition {
        let credential = try FCMCredential(json: serviceAccount.bytes)
        let tokens = AccessTokens(credential: credential) {
            [client = network.client, dated = network.dated] url, form in
            let answer = try await TokenEndpointAnswer(of: client, url, form)
            dated(lane.name, answer.date)
            return answer
        }
        // 100 simultaneous streams per connection are what Firebase grants; several connections are the right shape.
        var rules = PoolRules()
        rules.connectionsMax = 8
        rules.streamsPerConnectionMax = 100
        return LaneDefinition(
            lane,
            provider: FCMLane(projectID: credential.projectID, tokens: tokens),
            engine: network.engine(server: endpoint, rules),
            bounds: LaneBounds(
                windowMax: rules.connectionsMax * rules.streamsPerConnectionMax,
                messagesPerMinute: messagesPerMinute,
                deviceMessagesPerMinute: 200
            )
        )
    }
}

extension TokenEndpointAnswer {
    /// Posts a form with the ordinary client.
    fileprivate init(of client: WebClient, _ url: String, _ form: [UInt8]) async throws {
        let response = try await client.send(
            WebRequest(
                method: "POST",
                url: url,
                headers: [WebHeader("content-type", "application/x-www-form-urlencoded")],
                body: .bytes(form),
                timeout: .seconds(15)
            )
        )
        self.init(
            status: response.status,
            body: response.body,
            date: response.header("date"),
            retryAfter: response.header("retry-after")
        )
    }
}
