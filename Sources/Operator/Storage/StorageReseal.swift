import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

struct StorageReseal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Seals every device with the first storage key.",
        discussion: """
            Goes through the running service, which goes on serving; with --offline takes the store's lock and does it here. It may be broken off \
            and begun again. Afterwards `carillon storage keys` shows which keys may leave the file.
            Exit code 1 when devices stay that no configured key opens.

            A new key: make it (`carillon key generate storage`), put its line first in the file, restart, reseal, then take the old line out.

            Example:
              carillon storage reseal --why 'yearly rotation'
            """
    )

    /// Devices of one transaction.
    private static let sliceMax = 500

    @OptionGroup var options: GlobalOptions

    @Option(help: "The reason, for those who come after.")
    var why = ""

    @Flag(help: "While the service is down: take the store's lock and do it here.")
    var offline = false

    func run() async throws {
        let (looked, moved, failed) = try await offline ? here() : through()
        try options.renderer.write(
            JSONObject(["looked": .number(looked), "moved": .number(moved), "failed": .number(failed)]),
            id: "moved"
        ) {
            ["\(looked) devices looked at, \(moved) sealed anew" + (failed > 0 ? ", \(failed) cannot be opened" : "")]
        }
        if failed > 0 {
            throw OperatorFailure(
                .failed,
                "\(failed) devices stay sealed with a key that does not open them",
                next: "carillon storage keys"
            )
        }
    }

    private func through() async throws -> (Int, Int, Int) {
        var sums = (looked: 0, moved: 0, failed: 0)
        var after: Int64? = 0
        while let next = after {
            var order = ServiceOrder(path: "/admin/storage/reseal", why: why, canBeOffline: true)
            order.more = ["after": .number(next)]
            let part = try await order.run(options, unknown: "the service does not know this order")
            sums.looked += Int(part["looked"]?.int64 ?? 0)
            sums.moved += Int(part["moved"]?.int64 ?? 0)
            sums.failed += Int(part["failed"]?.int64 ?? 0)
            after = part["next"]?.int64
            // A service that does not get on would be asked for ever.
            if let after, after <= next { throw OperatorFailure(.failed, "the service does not get on") }
        }
        return sums
    }

    private func here() async throws -> (Int, Int, Int) {
        let stores = OfflineStores(settings: try options.settings(secrets: true).settings)
        let actor = OperatorContext.current.actor
        let now = OperatorContext.current.time.now()
        return try await stores.run(held: stores.refused) { queue, registry in
            var sums = (looked: 0, moved: 0, failed: 0)
            do throws(StoreError) {
                var after: DeviceID? = DeviceID(rawValue: 0)
                while let next = after {
                    let slice = try await registry.reseal(after: next, max: Self.sliceMax)
                    sums = (sums.looked + slice.looked, sums.moved + slice.moved, sums.failed + slice.failed)
                    after = slice.next
                }
                _ = try await queue.keep(
                    InstantOrder(actor: actor, verb: "storage.reseal", filter: "", why: why, changed: sums.moved),
                    now: now
                )
            } catch { throw OperatorFailure.store(error, in: stores.settings.data) }
            return sums
        }
    }
}
