import Contract
import Cryptography
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Providers
import Store

/// The paths One Pocket calls today, with the answers it expects; the token travels in the query [ENT facts 3.1].
struct OnePocketRoutes {
    private static let app = "onepocket"

    let services: APIServices
    let registrar: DeviceRegistrar

    var routes: [Route] {
        [
            Route(.put, "/timeline/pushNotif/fcmToken") { call in
                try await registrar.answer(call, .registration) { try await register(call, $0) }
            },
            Route(.delete, "/timeline/pushNotif/fcmToken") { call in
                try await registrar.answer(call, .other) { try await remove(call, $0) }
            },
            Route(.get, "/timeline/pushNotif/fcmTokens") { call in
                try await registrar.answer(call, .other) { try await list($0) }
            },
        ]
    }

    private func register(_ call: Call, _ account: Account) async throws -> Response {
        let token = try token(call)
        _ = try await registrar.register(
            Registration(
                installation: Self.installation(of: token),
                target: .fcmToken(token),
                environment: .production,
                app: Self.app
            ),
            for: account
        )
        return .json(.ok, [:])
    }

    private func remove(_ call: Call, _ account: Account) async throws -> Response {
        let token = try token(call)
        try await services.registry.remove(target: .fcmToken(token), of: account)
        return .json(.ok, [:])
    }

    private func list(_ account: Account) async throws -> Response {
        let tokens = try await services.registryReader.read { reader in
            try reader.targets(of: account.userID, provider: FCM.id, read: FCMTarget.text)
        }
        // A token that cannot be opened is none to the app, which then registers its own again.
        services.queue.unreadable.note(tokens.compactMap(\.failure))
        return .json(.ok, .array(tokens.compactMap(\.value).map { .string($0) }))
    }

    private func token(_ call: Call) throws(Problem) -> String {
        do throws(DeviceToken.Fault) {
            return try FCMTarget.checkedToken(call.query("fcmToken") ?? "", bytesMax: services.limits.tokenBytesMax)
        } catch { throw Problem(.invalidToken, error.detail) }
    }

    /// The app sends no installation id, so the token stands for it: the same token comes back to the same row.
    private static func installation(of token: String) -> String {
        "onepocket-" + Hex.text(SHA256.hash(token).prefix(16))
    }
}
