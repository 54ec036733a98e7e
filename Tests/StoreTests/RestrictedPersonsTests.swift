import Domain
import SQLite
import Store
import Testing

/// Persons nothing may be sent to: a few are read whole, many are looked for.
struct RestrictedPersonsTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(arguments: [0, 1, 31, 32, 33, 700])
    func `those asked for who are restricted are found, however many there are`(count: Int64) async throws {
        try await folder.registry { registry async throws in
            let connection = try folder.intruder("registry.db")
            for person in 0..<count {
                try connection.run("INSERT INTO restriction(person, at) VALUES (?, 0)", 2 * person)
            }
            let asked = (0..<1200).map { PersonID(rawValue: $0) }
            let expected = asked.filter { $0.rawValue.isMultiple(of: 2) && $0.rawValue < 2 * count }
            let found = try folder.stores.registryReader(seal: registry.seal).restricted(of: asked)
            #expect(found.sorted() == expected)
        }
    }
}
