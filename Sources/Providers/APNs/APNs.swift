package import Domain
import FanOut
package import Settings

/// Apple Push Notification service: a topic and environment under one signing key.
package struct APNs: Provider {
    package static let id = ProviderID(2)
    package static let name = "apns"

    /// The lane is `apns/<name>`.
    package var name: String
    package var app: String
    /// The app's bundle id.
    package var topic: String
    package var teamID: String
    package var keyID: String
    /// PEM; empty when secrets were not read.
    package var key: Secret
    package var keyFile: String
    package var environment: PushEnvironment
    package var endpoint: String
    /// The app has Apple's entitlement to break through Focus; urgent messages do so then.
    package var isTimeSensitiveAllowed: Bool
    package var expires: Instant?

    package var server: String? { endpoint }
    package var lanes: [LaneIdentity] { [Self.lane(name, environment, app: app)] }

    package var credential: CredentialFile {
        CredentialFile(subject: "\(Self.name)/\(name)", path: keyFile, what: "APNs key \(keyID)", expires: expires)
    }

    private enum Environment: String, CaseIterable { case production, sandbox }

    private static let production = "https://api.push.apple.com"
    private static let sandbox = "https://api.sandbox.push.apple.com"

    package static func read(from providers: SettingsSection) -> [APNs] {
        let sections = providers.list(name)
        let entries = sections.map(APNs.init(reading:))
        SettingsSection.reportTwice(sections, entries.map(\.name), "name", "names a lane twice")
        SettingsSection.reportTwice(
            sections,
            entries.map { "\($0.app) \($0.environment.name)" },
            "app",
            "has a lane already: one apns entry for each app and environment"
        )
        return entries
    }

    private init(reading section: SettingsSection) {
        name = section.name()
        app = section.name("app", default: "onepocket")
        topic = section.text("topic") { $0.isHostLike ? nil : "must be a bundle id (letters, digits, '.' and '-')" }
        let teamID = section.text("teamID", check: Self.identifierMistake)
        let keyID = section.text("keyID", check: Self.identifierMistake)
        (self.teamID, self.keyID) = (teamID, keyID)
        let file = section.path("keyFile")
        keyFile = file
        key = section.secret("keyFile", path: file, form: PEMText.privateKey) { bytes in
            do throws(APNsCredentialError) {
                _ = try APNsCredential(pem: String(decoding: bytes, as: UTF8.self), keyID: keyID, teamID: teamID)
                return nil
            } catch { return error.sentence }
        }
        let isSandbox = section.word("environment", default: Environment.production) == .sandbox
        environment = isSandbox ? .sandbox : .production
        let (own, other) = isSandbox ? (Self.sandbox, Self.production) : (Self.production, Self.sandbox)
        endpoint = section.endpoint(default: own)
        if endpoint == other {
            section.mistake(
                "endpoint",
                value: endpoint,
                "is the other environment's; leave it out or change environment"
            )
        }
        isTimeSensitiveAllowed = section.bool("timeSensitive", default: false)
        expires = section.day("expires")
        section.close()
    }

    private static func identifierMistake(_ text: String) -> String? {
        text.utf8.count == 10 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            ? nil : "must be Apple's ten letters and digits"
    }

    package static func classify(status: Int, body: [UInt8], retryAfter: String?, host: String, now: Instant)
        -> Classification
    {
        APNsAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now)
    }

    package static func body(saying word: String) -> JSONValue { ["reason": .string(word)] }

    package func definition(of lane: LaneIdentity, in network: ProviderNetwork) throws -> LaneDefinition {
        let credential = try APNsCredential(pem: key.text, keyID: keyID, teamID: teamID)
        var rules = PoolRules()
        rules.connectionsMax = 4
        // With token authentication Apple allows one stream until the first request succeeded.
        rules.streamsBeforeFirstSuccess = 1
        return LaneDefinition(
            lane,
            provider: APNsLane(
                credential: credential,
                topic: topic,
                isTimeSensitiveAllowed: isTimeSensitiveAllowed
            ),
            engine: network.engine(server: endpoint, rules),
            bounds: LaneBounds(windowMax: rules.connectionsMax * rules.streamsPerConnectionMax)
        )
    }
}
