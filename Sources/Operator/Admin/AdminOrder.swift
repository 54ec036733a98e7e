import ArgumentParser
import Contract
import Domain
import Settings

/// `--offline`, of every order that the stores can take by themselves.
struct OfflineOption: ParsableArguments {
    @Flag(help: "While the service is down: takes the store's lock and does it here.")
    var offline = false
}

extension GlobalOptions {
    /// Opens the way to the admin routes for the orders of one command.
    ///
    /// - Parameters:
    ///   - offline: nil for a command that has no `--offline`.
    ///   - isBulk: also bulk orders are given; offline, those an earlier process left unfinished go on first.
    ///   - body: gives the orders.
    /// - Returns: what `body` returned.
    /// - Throws: ``OperatorError``.
    func admin<T>(
        _ offline: OfflineOption?,
        isBulk: Bool = false,
        _ body: (any AdminChannel) async throws -> T
    ) async throws -> T {
        if offline?.offline == true {
            let stores = OfflineStores(settings: try settings(secrets: true).settings)
            return try await OfflineAdmin(stores: stores, isBulk: isBulk).run(held: stores.refused, body)
        }
        let socket = try settings().settings.listen.adminSocket
        return try await AdminClient.use(socket, canBeOffline: offline != nil, body)
    }

    /// Gives one order that is answered with one object.
    ///
    /// - Parameters:
    ///   - path: of the route.
    ///   - order: its body.
    ///   - subject: what it is about, for a refusal: `school 0429901A`.
    ///   - offline: nil for a command that has no `--offline`.
    /// - Returns: the answer.
    /// - Throws: ``OperatorError``.
    func give(
        _ path: String,
        _ order: some WireView,
        about subject: String,
        _ offline: OfflineOption? = nil
    ) async throws -> JSONObject {
        try await admin(offline) { try await $0.send(AdminRequest(path, order)).taken(subject) }
    }
}
