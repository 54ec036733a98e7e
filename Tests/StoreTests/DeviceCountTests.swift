import Database
import Domain
import SQLite
import StoreConformance
import Testing

@testable import Store

/// The numbers that are kept beside the devices are what counting them would give, whatever becomes of them.
@Suite(.timeLimit(.minutes(1)))
struct DeviceCountTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let counting = """
        SELECT provider || '/' || environment || '/' || app || '/' || coalesce(host, '') || '/'
            || CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END || ':' || count(*) FROM device
        GROUP BY provider, environment, app, host, CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END ORDER BY 1
        """

    private func kept(_ reader: RegistryReader) throws -> [String] {
        try reader.deviceCounts()
            .map {
                "\($0.provider.rawValue)/\($0.environment.rawValue)/\($0.app)/\($0.host ?? "")/\($0.state.rawValue):\($0.count)"
            }
            .sorted()
    }

    @Test func `they follow the registrations of the sample and what becomes of each device`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.register(in: registry)
            let reader = try folder.stores.registryReader(seal: nil)
            let intruder = try folder.intruder("registry.db")
            var dice = SplitMix64(seed: 11)
            for _ in 0..<200 {
                let device = Int.random(in: 1...400, using: &dice)
                let change = [
                    "UPDATE device SET state = \(Int.random(in: 0...2, using: &dice)) WHERE id = \(device)",
                    "UPDATE device SET is_proven = 1 - is_proven WHERE id = \(device)",
                    "UPDATE device SET provider = \(Int.random(in: 1...3, using: &dice)), host = 'push.example' WHERE id = \(device)",
                    "UPDATE device SET host = NULL, app = 'other' WHERE id = \(device)",
                    "UPDATE device SET last_seen_at = 7 WHERE id = \(device)",
                    "DELETE FROM device WHERE id = \(device)",
                ]
                try intruder.execute(change.randomElement(using: &dice)!)
            }
            let counted = try intruder.all(Self.counting) { $0.text(0) }.sorted()
            #expect(counted.count > 6)
            #expect(try kept(reader) == counted)
            #expect(try reader.violations() == [])

            try intruder.execute("DELETE FROM device")
            #expect(try kept(reader) == [])
        }
    }

    @Test func `a number that is not the devices' is found`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.register(in: registry)
            try folder.intruder("registry.db").execute("UPDATE device_count SET count = count + 1 WHERE provider = 1")
            let reader = try folder.stores.registryReader(seal: nil)
            #expect(try reader.violations().map(\.detail).allSatisfy { $0.contains("number") })
            #expect(try !reader.violations().isEmpty)
        }
    }
}
