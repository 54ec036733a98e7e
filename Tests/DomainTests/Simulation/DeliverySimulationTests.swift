import Domain
import Glibc
import Testing

/// CARILLON_SEED runs one seed again; CARILLON_SEEDS=5000 runs so many.
struct DeliverySimulationTests {
    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    @Test func `whatever happens, every delivery ends once, and is sent twice only after a crash or a lost answer`() {
        let seeds = Self.number("CARILLON_SEED").map { $0...$0 } ?? 1...(Self.number("CARILLON_SEEDS") ?? 200)
        var (sends, crashes, duplicates) = (0, 0, 0)
        for seed in seeds {
            var simulation = DeliverySimulation(seed: seed)
            simulation.run()
            #expect(simulation.faults == [], "seed \(seed)")
            #expect(
                simulation.deliveries > 100 && simulation.sends >= simulation.deliveries / 2,
                "seed \(seed) is no test"
            )
            sends += simulation.sends
            crashes += simulation.crashes
            duplicates += simulation.duplicates
        }
        #expect(crashes > seeds.count && duplicates > 0, "the simulation has become too gentle")
    }
}
