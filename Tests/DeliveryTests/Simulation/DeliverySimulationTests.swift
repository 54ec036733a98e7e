import Glibc
import Testing

/// CARILLON_SEED runs one seed again; CARILLON_SEEDS=5000 runs so many.
struct DeliverySimulationTests {
    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    @Test
    func
        `whatever happens, each delivery ends once, rings its owner's phone only, and twice only after a crash or a lost answer`()
    {
        let seeds = Self.number("CARILLON_SEED").map { $0...$0 } ?? 1...(Self.number("CARILLON_SEEDS") ?? 60)
        var (sends, crashes, duplicates, moves, lookedUp) = (0, 0, 0, 0, 0)
        var (losses, freezes, unwritten) = (0, 0, 0)
        for seed in seeds {
            var simulation = DeliverySimulation(seed: seed)
            simulation.run()
            #expect(simulation.faults == [], "seed \(seed)")
            #expect(
                simulation.deliveries > 100 && simulation.sends >= simulation.deliveries / 4,
                "seed \(seed) is no test: \(simulation.sends) sends"
            )
            sends += simulation.sends
            crashes += simulation.crashes
            duplicates += simulation.duplicates
            moves += simulation.moves
            lookedUp += simulation.lookedUp
            losses += simulation.losses
            freezes += simulation.freezes
            unwritten += simulation.unwritten
        }
        let rare = [crashes - seeds.count, duplicates, moves, lookedUp, losses, freezes, unwritten]
        #expect(rare.allSatisfy { $0 > 0 }, "the simulation has become too gentle: \(rare)")
    }
}
