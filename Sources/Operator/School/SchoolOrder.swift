import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

/// Switching a school, through the service or with `--offline` in the store itself.
struct SchoolOrder: ParsableArguments {
    @Argument(help: "The school's UAI.")
    var school: String

    @Option(help: "The reason, for those who come after.")
    var why: String

    @Flag(help: "While the service is down: take the store's lock and do it here.")
    var offline = false

    func validate() throws { try WhyText.check(why) }

    func run(isActive: Bool, _ options: GlobalOptions) async throws {
        let object: JSONObject
        if offline {
            object = try await apply(isActive, OfflineStores(settings: try options.settings(secrets: true).settings))
        } else {
            let order = ServiceOrder(
                path: "/admin/schools/\(AdminClient.escape(school))/\(isActive ? "activate" : "deactivate")",
                why: why,
                canBeOffline: true
            )
            object = try await order.run(options, unknown: "there is no school \(school)")
        }
        try options.renderer.write(object, id: "school") {
            let already = object["changed"] == false ? "already " : ""
            return ["\(school): \(already)\(isActive ? "active" : "not active")"]
        }
    }

    private func apply(_ isActive: Bool, _ stores: OfflineStores) async throws -> JSONObject {
        let context = OperatorContext.current
        return try await stores.run(held: stores.refused) { queue, registry in
            let done: JSONObject?
            do throws(StoreError) {
                done = try await SchoolSwitch(queue: queue, registry: registry).set(
                    school,
                    isActive,
                    actor: context.actor,
                    why: why,
                    now: context.time.now()
                )
            } catch { throw OperatorFailure.store(error, in: stores.settings.data) }
            guard let done else {
                throw OperatorFailure(.nothing, "there is no school \(school)", next: "carillon school list")
            }
            return done
        }
    }
}
