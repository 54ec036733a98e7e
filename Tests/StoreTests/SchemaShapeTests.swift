import Database
import SQLite
import Store
import StoreConformance
import Testing

/// What SQLite's own quick look, which doctor takes, stumbles over in a sound store.
@Suite(.timeLimit(.minutes(1)))
struct SchemaShapeTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// quick_check of SQLite 3.40 takes one column for another in a table without rowid that is all key in another order, and calls what it
    /// does not find a NULL.
    @Test(arguments: ["queue.db", "registry.db"])
    func `a table that is all key has its columns in the key's order`(file: String) async throws {
        try await folder.queue { _ in }
        try await folder.registry { _ in }
        let session = try folder.intruder(file)
        let tables = try session.all(
            """
            SELECT name, (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(list.name) ORDER BY cid)),
                (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(list.name) WHERE pk > 0 ORDER BY pk)),
                (SELECT count(*) FROM pragma_table_info(list.name) WHERE pk = 0)
            FROM pragma_table_list list WHERE wr = 1
            """
        ) { ($0.text(0), $0.text(1), $0.text(2), $0.int(3)) }
        #expect(!tables.isEmpty)
        for (name, columns, key, others) in tables where others == 0 { #expect(columns == key, "\(name)") }
    }

    @Test func `a registry with accounts and an import is called sound`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            _ = try await registry.map(Sample.users())
            #expect(try folder.intruder("registry.db").ownFindings(limit: .seconds(30)) == [])
        }
    }
}
