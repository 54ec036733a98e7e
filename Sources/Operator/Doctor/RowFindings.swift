import Cryptography
import Domain
import Settings
import Store

/// Rows that are open work and cannot be read: events, pages, devices.
struct RowFindings {
    /// Of the look at the devices; what it did not come to is said.
    private static let limit = Duration.seconds(5)
    private static let devicesPerRead = 1000
    private static let namedMax = 5

    let inspection: Inspection
    /// Empty when the configuration's secrets cannot be read.
    let keys: [StorageKey]

    func all() -> [Finding] {
        do { return [try work(), try devices()] } catch {
            return [.fail(say("rows"), StoreError(error).said, next: "carillon doctor --deep")]
        }
    }

    private func work() throws -> Finding {
        let rows = try inspection.queue.unreadableWork()
        guard !rows.isEmpty else { return .ok(say("rows"), say("every open event and page can be read")) }
        return .fail(say("rows"), Self.named(rows), next: say("carillon doctor --deep; runbook, The store is damaged"))
    }

    private func devices() throws -> Finding {
        guard !keys.isEmpty else {
            return .warn(
                say("devices"),
                say("not looked at: the storage key cannot be read"),
                next: "carillon config check"
            )
        }
        // The hash key finds targets; nothing is looked for here.
        let seal = TargetSeal(
            keys: keys.map { .init(id: $0.id, key: SymmetricKey(data: $0.key.bytes)) },
            hashKey: [UInt8](repeating: 0, count: 32)
        )
        let reader = try inspection.settings.stores.registryReader(seal: seal)
        let end = ContinuousClock.now + Self.limit
        var rows: [UnreadableRowError] = []
        var last: DeviceID?
        repeat {
            let slice = try reader.unreadableDevices(after: last, max: Self.devicesPerRead)
            rows += slice.rows
            guard let next = slice.last else { return Self.devices(rows, isWhole: true) }
            last = next
        } while ContinuousClock.now < end
        return Self.devices(rows, isWhole: false)
    }

    private static func devices(_ rows: [UnreadableRowError], isWhole: Bool) -> Finding {
        let rest = isWhole ? "" : say("; the look was cut after \(limit.components.seconds) s")
        guard !rows.isEmpty else { return .ok(say("devices"), say("every address can be opened") + rest) }
        let lost = Set(rows.compactMap { if case .unknownKey(let id) = $0.cause { id } else { nil } }).sorted()
        return .fail(
            say("devices"),
            named(rows) + rest,
            next: lost.isEmpty
                ? say("they ring again once the app registers anew")
                : say(
                    "put storage key \(lost.joined(separator: ", ")) back into storage.keyFile until its devices have registered anew"
                )
        )
    }

    private static func named(_ rows: [UnreadableRowError]) -> String {
        let first = rows.prefix(namedMax).map(\.said).joined(separator: "; ")
        return rows.count > namedMax ? say("\(rows.count) cannot be read: \(first); …") : first
    }
}
