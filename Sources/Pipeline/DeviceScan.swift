import Domain
package import Logging
package import Store

/// Scans every device at start and each hour: one whose address cannot be opened is named before an event meets it, and no longer when it
/// has registered again.
package struct DeviceScan: Sendable {
    /// Seals opened in one read, about 3 ms: the thread belongs to those who wait for an answer.
    static let devicesPerRead = 500
    private static let interval = Duration.seconds(3600)

    private let registry: Reading<RegistryReader>
    private let unreadable: UnreadableRows
    private let logger: Logger

    /// `registry`: made with the storage keys.
    package init(registry: Reading<RegistryReader>, unreadable: UnreadableRows, logger: Logger) {
        self.registry = registry
        self.unreadable = unreadable
        self.logger = logger
    }

    /// Runs until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do throws(StoreError) { try await pass() } catch {
                // The next scan comes; whatever is wrong with the file itself shows on its own paths.
                logger.warning("device scan failed, postponed", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Once through all devices.
    package func pass() async throws(StoreError) {
        var found: Set<Int64> = []
        var last: DeviceID?
        repeat {
            let after = last
            let slice = try await registry.read { reader in
                try reader.unreadableDevices(after: after, max: Self.devicesPerRead)
            }
            unreadable.note(slice.rows)
            found.formUnion(slice.rows.map(\.id))
            last = slice.last
        } while last != nil
        unreadable.forget(.device) { !found.contains($0) }
    }
}
