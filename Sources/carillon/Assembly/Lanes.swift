import Delivery
import Domain
import FanOut
import Pipeline
import Providers
import Settings
import WebClient

/// The lanes of the configuration.
enum Lanes {
    /// One definition per credential; the contents of key files were checked with the settings.
    static func definitions(_ settings: Settings, client: WebClient, skews: ClockSkews) throws -> [LaneDefinition] {
        let fcm = try settings.providers.fcm.map { try definition($0, settings, client, skews) }
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
        vapidKey: { pem, subject in
            do throws(WebPushCredentialError) {
                _ = try WebPushCredential(pem: pem, subject: subject)
                return nil
            } catch { return error.sentence }
        }
    )

    private static func definition(
        _ fcm: ProviderSettings.FCM,
        _ settings: Settings,
        _ client: WebClient,
        _ skews: ClockSkews
    ) throws -> LaneDefinition {
        let credential = try FCMCredential(json: fcm.serviceAccount.bytes)
        let tokens = AccessTokens(credential: credential) { url, form in
            let answer = try await exchange(url, form, client)
            skews.note("fcm/" + fcm.name, date: answer.date)
            return answer
        }
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
            credential: .apns(credential, topic: apns.topic, isTimeSensitiveAllowed: apns.isTimeSensitiveAllowed),
            engine: try engine(apns.endpoint, settings, rules),
            bounds: .init(windowMax: rules.connectionsMax * rules.streamsPerConnectionMax)
        )
    }

    private static func engine(_ endpoint: String, _ settings: Settings, _ rules: PoolRules) throws -> LaneConfiguration
    {
        let authority = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        let address = ListenAddress(authority) ?? ListenAddress(host: authority, port: 443)
        return configuration(host: address.host, port: UInt16(address.port), settings, rules)
    }

    private static func configuration(
        host: String,
        port: UInt16,
        _ settings: Settings,
        _ rules: PoolRules
    ) -> LaneConfiguration {
        var configuration = LaneConfiguration(
            host: host,
            port: port,
            extraCAFile: settings.tls.caFile,
            rules: rules
        )
        configuration.proxy = settings.proxy.map { proxy in
            let parts = proxy.credentials?.text.split(separator: ":", maxSplits: 1).map(String.init) ?? []
            return Proxy(
                host: proxy.host,
                port: UInt16(proxy.port),
                credentials: parts.count == 2 ? .init(user: parts[0], password: parts[1]) : nil
            )
        }
        return configuration
    }

    /// What the lanes of push services are made of; nil without the section.
    static func webPush(_ settings: Settings, client: WebClient) throws -> WebPushSetup? {
        guard let webpush = settings.providers.webpush else { return nil }
        var rules = PoolRules()
        rules.connectionsMax = 2
        rules.streamsPerConnectionMax = 100
        // Mozilla's service had faults on connections idle for days (mozilla-services/autopush#1393).
        rules.idleCloseAfter = .seconds(300)
        return WebPushSetup(
            credential: try WebPushCredential(pem: webpush.key.text, subject: webpush.subject),
            rules: webpush.endpoints,
            base: webpush.baseURL.flatMap(NavigationBase.init),
            client: client
        ) { [rules] endpoint in
            var engine = configuration(host: endpoint.host, port: UInt16(endpoint.port), settings, rules)
            // The client of the API chose the address: it must be public when we connect, not only when it registered.
            let isSimulator = webpush.allowsPrivateAddresses && endpoint.port != 443
            if !isSimulator { engine.addressPolicy = .check { AddressRules.isPublic($0.bytes) } }
            return engine
        }
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
