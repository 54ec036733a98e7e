import Database
import Glibc
import SQLite
import Testing

struct ConnectionTests {
    let store: TemporaryStore
    let connection: Connection

    init() throws {
        store = try TemporaryStore()
        connection = try store.connection()
        try connection.migrate([itemTable])
    }

    @Test(arguments: [
        Value.null, .integer(0), .integer(.min), .integer(.max), .real(1.5), .real(-0.0), .text(""), .text("é\u{0}ü👪"),
        .blob([]), .blob([0, 255, 7]),
    ])
    func `a value comes back as it was bound`(value: Value) throws {
        let statement = try connection.statement("SELECT ?1, typeof(?1)")
        try statement.bind(values: [value])
        #expect(try statement.step())
        let text = String(decoding: statement.text(0), as: UTF8.self)
        let read: Value? =
            switch String(decoding: statement.text(1), as: UTF8.self) {
            case "null": statement.isNull(0) ? .null : nil
            case "integer": .integer(statement.int64(0))
            case "real": Double(text).map { .real($0) }
            case "text": .text(text)
            default: .blob([UInt8](statement.blob(0)))
            }
        #expect(read == value)
        statement.finish()
    }

    @Test func `typed readers return what typed parameters bound`() throws {
        let read = try connection.first(
            "SELECT ?, ?, CAST(? AS TEXT), ?, ?, ?",
            7,
            Int64.max,
            2.5,
            "nom",
            [UInt8]([1, 2]),
            String?.none
        ) { row in
            (row.int(0), row.int64(1), row.text(2), row.text(3), row.blob(4), row.textOrNil(5))
        }
        let row = try #require(read)
        #expect(row.0 == 7 && row.1 == .max && row.2 == "2.5" && row.3 == "nom" && row.4 == [1, 2] && row.5 == nil)
    }

    @Test func `a wrong number of parameters is refused before anything runs`() throws {
        #expect(throws: SQLiteError.self) { try connection.run("INSERT INTO item (id, name) VALUES (?, ?)", 1) }
        #expect(try count() == 0)
    }

    @Test func `a query inside its own rows does not disturb the outer one`() throws {
        for id in 1...3 { try connection.run("INSERT INTO item (id) VALUES (?)", id) }
        var pairs = 0
        try connection.query("SELECT id FROM item") { _ in
            try connection.query("SELECT id FROM item") { _ in pairs += 1 }
        }
        #expect(pairs == 9)
    }

    @Test func `a unique violation names its kind and never the value`() throws {
        try connection.run("INSERT INTO item (name) VALUES (?)", "Camille")
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO item (name) VALUES (?)", "Camille")
        }
        guard case .constraint(.unique, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!cause.description.contains("Camille"))
    }

    @Test func `a value of the wrong type is refused by a STRICT table`() throws {
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO item (bytes) VALUES (?)", "texte")
        }
        guard case .constraint(.dataType, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a full database is full, in-place writes go on`() throws {
        try connection.run("INSERT INTO item (id, bytes) VALUES (1, ?)", [UInt8](repeating: 0, count: 4096))
        let pages = try #require(try connection.first("PRAGMA page_count") { $0.int(0) })
        try connection.execute("PRAGMA max_page_count = \(pages)")
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO item (bytes) VALUES (?)", [UInt8](repeating: 0, count: 40_000))
        }
        guard case .full = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try connection.run("UPDATE item SET bytes = ? WHERE id = 1", [UInt8](repeating: 1, count: 4096))
    }

    @Test func `a file that is no database is corrupt, which is fatal`() throws {
        let other = try TemporaryStore()
        let file = try #require(fopen(other.path, "w"))
        for _ in 0..<200 { fputs("this is not a database at all ", file) }
        fclose(file)
        let error = #expect(throws: SQLiteError.self) { try other.connection() }
        #expect(error?.isFatal == true)
    }

    @Test(
        arguments: [(1034, true), (778, true), (3082, false), (11, true), (26, true), (13, false), (5, false)]
            as [(Int32, Bool)]
    )
    func `what stops the process is decided by the extended code`(code: Int32, isFatal: Bool) {
        #expect(SQLiteError(code: code, message: "").isFatal == isFatal)
    }

    @Test func `a savepoint undoes only its own changes`() throws {
        try connection.transaction(.immediate) { connection in
            try connection.run("INSERT INTO item (id) VALUES (1)")
            #expect(throws: SQLiteTestError.refused) {
                try connection.savepoint { connection in
                    try connection.run("INSERT INTO item (id) VALUES (2)")
                    throw SQLiteTestError.refused
                }
            }
            try connection.savepoint { try $0.run("INSERT INTO item (id) VALUES (3)") }
        }
        #expect(try connection.all("SELECT id FROM item ORDER BY id") { $0.int(0) } == [1, 3])
    }

    @Test func `a transaction that throws leaves nothing`() throws {
        #expect(throws: SQLiteTestError.refused) {
            try connection.transaction(.immediate) { connection in
                try connection.run("INSERT INTO item (id) VALUES (1)")
                throw SQLiteTestError.refused
            }
        }
        #expect(try count() == 0)
        #expect(!connection.isInTransaction)
    }

    @Test func `a reader works beside an open write transaction and cannot write`() throws {
        try connection.run("INSERT INTO item (id) VALUES (1)")
        let reader = try store.reader()
        try connection.transaction(.immediate) { connection in
            try connection.run("INSERT INTO item (id) VALUES (2)")
            #expect(try reader.first("SELECT count(*) FROM item") { $0.int(0) } == 1)
        }
        #expect(try reader.first("SELECT count(*) FROM item") { $0.int(0) } == 2)
        let error = #expect(throws: SQLiteError.self) { try reader.run("DELETE FROM item") }
        guard case .readOnly = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a reader opens a file whose writer is gone`() throws {
        let other = try TemporaryStore()
        do {
            let writing = try other.connection()
            try writing.migrate([itemTable])
        }
        #expect(try other.reader().first("SELECT count(*) FROM item") { $0.int(0) } == 0)
    }

    @Test func `a second writer meets busy at once`() throws {
        let second = try store.connection()
        try connection.transaction(.immediate) { _ in
            let error = #expect(throws: SQLiteError.self) { try second.run("DELETE FROM item") }
            guard case .busy = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a query past its time limit is interrupted and the connection lives on`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let error = #expect(throws: SQLiteError.self) {
            try connection.withTimeLimit(.milliseconds(5)) {
                _ = try connection.first(endless) { $0.int(0) }
            }
        }
        guard case .interrupted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try count() == 0)
    }

    @Test func `the plan of a search by key names the key`() throws {
        let plan = try connection.queryPlan("SELECT * FROM item WHERE name = ?")
        #expect(plan.count == 1)
        #expect(plan[0].contains("SEARCH item USING INDEX"))
    }

    @Test func `a backup holds what was committed, from a reader too`() throws {
        try connection.run("INSERT INTO item (id) VALUES (1)")
        try store.reader().backUp(to: store.directory + "/copy.db")
        let copy = try Connection(path: store.directory + "/copy.db", options: .reader)
        #expect(try copy.first("SELECT count(*) FROM item") { $0.int(0) } == 1)
        #expect(throws: SQLiteError.self) { try connection.backUp(to: store.directory + "/copy.db") }
    }

    @Test func `a step that fails leaves the schema at the step before`() throws {
        let broken = Migration(2) { connection in
            try connection.execute("CREATE TABLE more (id INTEGER PRIMARY KEY)")
            throw SQLiteTestError.refused
        }
        #expect(throws: SQLiteTestError.refused) { try connection.migrate([itemTable, broken]) }
        #expect(try connection.schemaVersion == 1)
        #expect(try connection.first("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") { $0.int(0) } == 0)
        try connection.migrate([
            itemTable, Migration(2) { try $0.execute("CREATE TABLE more (id INTEGER PRIMARY KEY)") },
        ])
        #expect(try connection.schemaVersion == 2)
    }

    @Test func `a database of a newer release is refused`() throws {
        try connection.execute("PRAGMA user_version = 9")
        #expect(throws: SQLiteError.newerSchema(found: 9, known: 1)) { try connection.migrate([itemTable]) }
    }

    @Test func `a second holder of the lock learns the pid of the first`() throws {
        let path = store.directory + "/lock"
        let first = try ProcessLock(path: path)
        #expect(throws: ProcessLockError.held(path: path, pid: getpid())) { _ = try ProcessLock(path: path) }
        withExtendedLifetime(first) {}
    }

    @Test func `a lock let go can be taken again`() throws {
        let path = store.directory + "/lock"
        do { withExtendedLifetime(try ProcessLock(path: path)) {} }
        #expect(throws: Never.self) { _ = try ProcessLock(path: path) }
    }

    private func count() throws -> Int? {
        try connection.first("SELECT count(*) FROM item") { $0.int(0) }
    }
}
