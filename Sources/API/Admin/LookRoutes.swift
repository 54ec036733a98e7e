import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline

/// Who was shown names, the newest first.
struct LookRoutes {
    let services: AdminServices

    var routes: [Route] { [Route(.get, "/admin/looks") { try await list($0) }] }

    private func list(_ call: Call) async throws -> Response {
        let limit = try call.limit()
        let cursor = call.query("after").map { LookLog.Cursor($0) }
        guard cursor != .some(nil) else {
            throw Problem(.invalidParameter, "after is the next of an earlier answer.")
        }
        guard let looks = services.looks else { return .json(.ok, ListView<LookView>(at: services.time.now(), [])) }
        let found = try await looks.read { try $0.looks(before: cursor ?? nil, limit: limit + 1) }
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last?.cursor.description : nil
        return .json(.ok, ListView(at: services.time.now(), shown.map(\.look.view), next: next))
    }
}

extension AdminServices {
    /// Puts a look on record, on a thread of its own; when that fails, nothing is shown.
    func keep(_ kind: Look.Kind, person: PersonID? = nil, event: EventID? = nil, actor: String) async throws {
        let look = Look(kind, person: person, event: event, actor: actor, at: time.now())
        try await looks?.read { try $0.keep(look) }
    }
}
