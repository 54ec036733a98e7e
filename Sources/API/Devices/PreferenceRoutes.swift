import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import LocalTime
import Pipeline
import Store

/// What a parent wants to be rung for; always of the account the bearer token proves. Two apps that write at once do not undo one another:
/// each change names what it saw (`If-Match`), or only what it changes (`PATCH`).
struct PreferenceRoutes {
    private static let bodyBytesMax = 128 * 1024
    private static let mergePatch = "application/merge-patch+json"

    let services: APIServices
    let registrar: DeviceRegistrar

    var routes: [Route] {
        [
            Route(.get, "/v1/preferences") { call in
                try await registrar.answer(call, .other) { try await answer(stored($0)) }
            },
            Route(.put, "/v1/preferences") { call in
                try await registrar.answer(call, .other) { account in
                    let value = try await body(call, type: "application/json")
                    let wishes = try Self.wishes(value, at: services.time.now())
                    return try await change(call, account) { $0.wishes = wishes }
                }
            },
            Route(.patch, "/v1/preferences") { call in
                try await registrar.answer(call, .other) { account in
                    let patch = try await body(call, type: Self.mergePatch)
                    let now = services.time.now()
                    guard patch.object != nil else {
                        throw Self.wrong([FieldError(.root, "wrongType", "Expected an object.")])
                    }
                    return try await change(call, account) { (stored: inout StoredWishes) throws(Problem) in
                        stored.wishes = try Self.wishes(stored.wishes.merged(with: patch), at: now)
                    }
                }
            },
            Route(.get, "/userbook/preference/timeline") { call in
                try await registrar.answer(call, .other) { account in
                    let stored = try await stored(account)
                    var view = TimelinePreferenceView()
                    view.preference = TimelineDocument.text(kept: stored.timeline, stored.wishes)
                    return .json(.ok, view, headers: Self.headers(stored))
                }
            },
            Route(.put, "/userbook/preference/timeline") { call in
                try await registrar.answer(call, .other) { account in
                    // The app sends what it likes as a type; the document is JSON.
                    let value = try await body(call, type: nil)
                    guard value.object != nil, let choices = TimelineChoices(document: value) else {
                        throw Problem(.malformedRequest, "Expected a preference document: an object with a config.")
                    }
                    let stored = try await changed(call, account) { stored in
                        stored.timeline = JSONWriter.text(value)
                        for choice in choices.choices { stored.wishes.set(choice.kind, push: choice.push) }
                    }
                    return .json(.ok, [:], headers: Self.headers(stored))
                }
            },
        ]
    }

    private func stored(_ account: Account) async throws -> StoredWishes {
        try await services.registryReader.read { try $0.wishes(ofAccount: account.userID) }
    }

    private func change(
        _ call: Call,
        _ account: Account,
        _ change: @escaping @Sendable (inout StoredWishes) throws(Problem) -> Void
    ) async throws -> Response {
        try await answer(try await changed(call, account, change))
    }

    private func changed(
        _ call: Call,
        _ account: Account,
        _ change: @escaping @Sendable (inout StoredWishes) throws(Problem) -> Void
    ) async throws -> StoredWishes {
        let condition = call.header("If-Match")
        let result = try await services.registry.changeWishes(of: account.userID, now: services.time.now()) {
            (before: StoredWishes) throws(Problem) -> StoredWishes in
            guard EntityTag.allows(condition, version: before.version) else {
                var problem = Problem(
                    .preconditionFailed,
                    "The wishes have changed since they were read: read them again."
                )
                problem.headers[.eTag] = EntityTag.text(before.version)
                throw problem
            }
            var after = before
            try change(&after)
            return after
        }
        return try result.get()
    }

    private func answer(_ stored: StoredWishes) async throws -> Response {
        let muted = stored.wishes.mutedClasses
        let unknown =
            muted.isEmpty ? [] : try await services.registryReader.read { try $0.unknownClasses(muted) }
        var view = PreferencesView(shown: stored.wishes.document)
        view.unknown.kinds = stored.wishes.kinds.map(\.name).filter { !services.knowsKind($0) }
        view.unknown.mutedClasses = unknown
        return .json(.ok, view, headers: Self.headers(stored))
    }

    private static func headers(_ stored: StoredWishes) -> HTTPFields { [.eTag: EntityTag.text(stored.version)] }

    // MARK: - Bodies

    /// `type`: the one content type that is taken; nil: whatever it calls itself.
    private func body(_ call: Call, type: String?) async throws -> JSONValue {
        if let type {
            let given = call.header("Content-Type").flatMap { ContentType($0) }
            guard let given, given.name == type, given.isUTF8 else {
                var problem = Problem(.unsupportedContentType, "Send it as \(type) in UTF-8.")
                problem.headers[.accept] = type
                throw problem
            }
        }
        try call.checkIsNotEncoded()
        let body = try await BodyReader(bytesMax: Self.bodyBytesMax, timeout: services.bodyTimeout)
            .bytes(of: call.request)
        return try JSONParser.parse(body, depthMax: services.limits.jsonDepthMax)
    }

    private static func wishes(_ value: JSONValue, at now: Instant) throws(Problem) -> Wishes {
        var reader = WishesReader { ZoneTables.shared.table($0, at: now) != nil }
        do throws(WishesReader.DocumentError) { return try reader.read(value) } catch { throw wrong(error.errors) }
    }

    private static func wrong(_ errors: [FieldError]) -> Problem {
        Problem(.invalidPreferences, "The wishes were understood but are wrong; nothing was changed.", errors: errors)
    }
}
