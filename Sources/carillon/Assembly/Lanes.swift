import Domain
import FanOut
import Pipeline
import Providers
import Settings
import WebClient

/// The lanes of the configuration.
enum Lanes {
    /// One definition per credential; the contents of key files were checked with the settings.
    static func definitions(_ settings: Settings, client: WebClient) throws -> [LaneDefinition] {
        let fcm = try settings.providers.fcm.map { try definition($0, settings, client) }
        let apns = try settings.providers.apns.map { try definition($0, settings) }
        return fcm + apns
    }

    /// Judges the contents of key files for ``SettingsLoader``: nil when they are right, else what is wrong without the key.
    static let checks = CredentialChecks(
        fcmServiceAccount: { bytes in
            do throws(FCMCredentialError) {
                _ = try FCMCredential(json: bytes)
                return nil
            } catch { return error.sentence }
        },
        apnsKey: { pem, keyID, teamID in
            do throws(APNsCredentialError) {
                _ = try APNsCredential(pem: pem, keyID: keyID, teamID: teamID)
                return nil
            } catch { return error.sentence }
        },
        // Web Push is not sent yet; its key is looked at when it is.
        vapidKey: { _ in nil }
    )

    private static func definition(
        _ fcm: ProviderSettings.FCM,
        _ settings: Settings,
        _ client: WebClient
    ) throws -> LaneDefinition {
        let credential = try FCMCredential(json: fcm.serviceAccount.bytes)
        let tokens = AccessTokens(credential: credential) { url, form in try await exchange(url, form, client) }
        // 100 simultaneous streams per connection are what Firebase grants; several connections are the right shape.
        var rules = PoolRules()
        rules.connectionsMax = 8
        rules.streamsPerConnectionMax = 100
        return LaneDefinition(
            name: "fcm/" + fcm.name,
            key: .init(provider: .fcm, environment: .production, app: fcm.app),
            credential: .fcm(projectID: credential.projectID, tokens),
            engine: try engine(fcm.endpoint, settings, rules),
            bounds: .init(
                windowMax: rules.connectionsMax * rules.streamsPerConnectionMax,
                messagesPerMinute: fcm.messagesPerMinute,
                deviceMessagesPerMinute: 200
            )
        )
    }

    private static func definition(_ apns: ProviderSettings.APNs, _ settings: Settings) throws -> LaneDefinition {
        let credential = try APNsCredential(pem: apns.key.text, keyID: apns.keyID, teamID: apns.teamID)
        var rules = PoolRules()
        rules.connectionsMax = 4
        // With token authentication Apple allows one stream until the first request succeeded.
        rules.streamsBeforeFirstSuccess = 1
        return LaneDefinition(
            name: "apns/" + apns.name,
            key: .init(provider: .apns, environment: apns.environment, app: apns.app),
            credential: .apns(credential, topic: apns.topic),
            engine: try engine(apns.endpoint, settings, rules),
            bounds: .init(windowMax: rules.connectionsMax * rules.streamsPerConnectionMax)
        )
    }

    private static func engine(_ endpoint: String, _ settings: Settings, _ rules: PoolRules) throws -> LaneConfiguration
    {
        let authority = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        let address = ListenAddress(authority) ?? ListenAddress(host: authority, port: 443)
        return LaneConfiguration(
            host: address.host,
            port: UInt16(address.port),
            extraCAFile: settings.tls.caFile,
            rules: rules
        )
    }

    private static func exchange(_ url: String, _ form: [UInt8], _ client: WebClient) async throws
        -> TokenEndpointAnswer
    {
        let response = try await client.send(
            WebRequest(
                method: "POST",
                url: url,
                headers: [WebHeader("content-type", "application/x-www-form-urlencoded")],
                body: .bytes(form),
                timeout: .seconds(15)
            )
        )
        return TokenEndpointAnswer(
            status: response.status,
            body: response.body,
            date: response.header("date"),
            retryAfter: response.header("retry-after")
        )
    }
}
