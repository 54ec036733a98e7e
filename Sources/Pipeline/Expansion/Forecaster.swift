package import Delivery
import Domain
package import Store
import Synchronization

/// Forecasts for publishers, one after the other on a thread of its own, so that neither accepts nor expansions wait for them.
package actor Forecaster {
    /// Forecasts that may wait; one of 100,000 guardians takes about a second.
    private static let waitingMax = 8

    private let executor = ThreadExecutor("forecaster")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let registry: RegistryReader
    private let rules: ForecastRules
    private nonisolated let waiting = Mutex(0)

    package init(stores: any Stores, rules: ForecastRules) throws {
        registry = try stores.registryReader(seal: nil)
        self.rules = rules
    }

    /// - Throws: ``StoreError/overloaded`` when too many wait already.
    package nonisolated func forecast(
        _ event: Preview,
        schools: ForecastRules.Schools?,
        lanes: LaneTable
    ) async throws(StoreError) -> Forecast {
        let isTaken = waiting.withLock { waiting in
            guard waiting < Self.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { throw .overloaded }
        defer { waiting.withLock { $0 -= 1 } }
        return try await make(event, schools, lanes)
    }

    // It never suspends: no second audience is in memory beside this one.
    private func make(
        _ event: Preview,
        _ schools: ForecastRules.Schools?,
        _ lanes: LaneTable
    ) throws(StoreError) -> Forecast {
        do { return try rules.forecast(event, schools: schools, registry: registry, lanes: lanes) } catch {
            throw StoreError(error)
        }
    }
}
