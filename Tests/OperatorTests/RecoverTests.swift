import Database
import Domain
import FoundationEssentials
import Pipeline
import SQLite
import Store
import Testing

/// A damaged data folder and what `recover` makes of it.
@Suite(.timeLimit(.minutes(1)))
struct RecoverTests {
    let fixture: OperatorFixture
    var data: String { fixture.folder + "/data" }
    var target: String { fixture.folder + "/new" }

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
    }

    private func overwrite(_ file: String, _ range: Range<Int>, _ change: (UInt8) -> UInt8 = { _ in 0xA5 }) throws {
        let url = URL(filePath: data + "/" + file)
        var bytes = try Data(contentsOf: url)
        for offset in range where offset < bytes.count { bytes[offset] = change(bytes[offset]) }
        try bytes.write(to: url)
    }

    private func root(of table: String, in file: String = "queue.db") throws -> Int {
        let connection = try Connection(path: data + "/" + file, options: .reader)
        return try #require(
            try connection.first("SELECT rootpage FROM sqlite_schema WHERE name = ?", table) { $0.int(0) }
        )
    }

    private func pageRange(_ page: Int) -> Range<Int> { (page - 1) * 4096..<page * 4096 }

    private func recovered() async -> Ran { await fixture.run("recover", data, "--to", target, "-o", "json") }

    private func trace(_ folder: String) throws -> [[String]] {
        let connection = try Connection(path: folder + "/queue.db", options: .reader)
        return try [
            "event", "page", "plan", "result", "retry", "attempt", "concerned", "content", "idempotency", "lane",
        ].map { table in
            let columns = try connection.all("SELECT name FROM pragma_table_info(?)", table) { $0.text(0) }
            let row = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ',' || ")
            return try connection.all("SELECT \(row) FROM \(table) ORDER BY 1") { $0.text(0) }
        }
    }

    @Test func `a sound folder is copied row by row, and the copy goes on`() async throws {
        let ran = await recovered()
        #expect(ran.code == 0, "\(ran.talk) \(ran.output)")
        #expect(try ran.json["isWhole"] == true && ran.json["eventsLost"] == [])
        #expect(try trace(data) == trace(target))
        let attributes = try FileManager.default.attributesOfItem(atPath: target + "/queue.db")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(await fixture.run("doctor", "--deep", "--data", target).code == 0)
        let audit = try SQLiteStores(folder: target).queueReader().verifyAudit()
        #expect(audit.broken == nil && audit.entries > 0, "\(audit)")
        #expect(!FileManager.default.fileExists(atPath: target + "/looks"))
        let again = await recovered()
        #expect(again.code == 1 && again.talk.contains("cannot be made"))
    }

    @Test func `who was shown names comes along, and is named when it cannot`() async throws {
        #expect(await fixture.run("user", "trace", "guardian-1").code == 0)
        #expect(await recovered().code == 0)
        let looks = try LookLog(data: target).looks(limit: 9).map(\.look)
        #expect(looks.map(\.kind) == [.userTrace])
        #expect(try looks == LookLog(data: data).looks(limit: 9).map(\.look))
        try FileManager.default.removeItem(atPath: data + "/looks")
        try fixture.write("data/looks", "a file where the folder should be")
        let ran = await fixture.run("recover", data, "--to", fixture.folder + "/newer", "-o", "json")
        #expect(ran.code == 7, "\(ran.talk)")
        #expect(try ran.json["notes"]?.array?.count == 1)
    }

    @Test func `a damaged header, and with it the names of the tables, cost nothing`() async throws {
        let before = try trace(data)
        try overwrite("queue.db", 0..<4096)
        let ran = await recovered()
        #expect(ran.code == 7, "\(ran.talk)")
        #expect(try ran.json["eventsLost"] == [] && ran.json["damagedPages"]?.int64 == 1)
        #expect(try trace(target) == before)
    }

    @Test(arguments: ["plan", "result", "concerned", "event", "content", "page", "retry"])
    func `an event that is not whole any more is left out and named`(table: String) async throws {
        try overwrite("queue.db", pageRange(try root(of: table)))
        let ran = await recovered()
        #expect(ran.code == 7, "\(ran.talk)")
        #expect(try ran.json["eventsLost"] == [.string(fixture.event.description)], "\(ran.output)")
        #expect(await fixture.run("doctor", "--deep", "--data", target).code == 0)
    }

    @Test func `a truncated file gives what is before its end`() async throws {
        let url = URL(filePath: data + "/queue.db")
        let bytes = try Data(contentsOf: url)
        try bytes.prefix(try root(of: "concerned") * 4096 - 4096).write(to: url)
        let ran = await recovered()
        #expect(try ran.code == 7 && ran.json["eventsLost"] == [.string(fixture.event.description)], "\(ran.talk)")
    }

    @Test func `a registry without a page keeps the rest`() async throws {
        try overwrite("registry.db", pageRange(try root(of: "guardianship", in: "registry.db")))
        let ran = await recovered()
        #expect(try ran.code == 7 && ran.json["rows"]?["registry.db"]?["device"]?["saved"] == 1, "\(ran.output)")
        #expect(try ran.json["eventsLost"] == [])
    }

    @Test func `a folder without stores is no success`() async throws {
        let ran = await fixture.run("recover", fixture.folder, "--to", target, "-o", "json")
        #expect(ran.code == 3, "\(ran.talk)")
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test(arguments: ["queue.db", "registry.db"])
    func `one store without the other is copied, and is not all`(missing: String) async throws {
        for end in ["", "-wal", "-shm"] {
            let path = data + "/" + missing + end
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
        let ran = await recovered()
        #expect(ran.code == 7, "\(ran.talk)")
        #expect(try ran.json["isWhole"] == false && ran.output.contains("\(missing) cannot be read"))
        #expect(!FileManager.default.fileExists(atPath: target + "/" + missing))
    }

    private func hold(_ file: String) throws {
        let registry = try Connection(path: data + "/registry.db", options: .writer)
        try registry.run(
            "INSERT INTO import(at, format, state, report, kept) VALUES (1, 'aaf1d', 'held', '{}', ?)",
            file
        )
    }

    @Test func `deliveries that wait for a word come along`() async throws {
        try hold("I-1.tar")
        try FileManager.default.createDirectory(atPath: data + "/held", withIntermediateDirectories: false)
        try fixture.write("data/held/I-1.tar", "delivery")
        try fixture.write("data/held/other.tar", "nobody's")
        let ran = await recovered()
        #expect(ran.code == 0, "\(ran.talk) \(ran.output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target + "/held") == ["I-1.tar"])
        #expect(try Data(contentsOf: URL(filePath: target + "/held/I-1.tar")) == Data("delivery".utf8))
        for (path, mode) in [("", 0o700), ("/I-1.tar", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: target + "/held" + path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
    }

    @Test(arguments: ["I-1.tar", "../queue.db"])
    func `a delivery that is not there is something lost`(file: String) async throws {
        try hold(file)
        let ran = await recovered()
        #expect(ran.code == 7, "\(ran.talk)")
        #expect(try ran.json["isWhole"] == false && ran.output.contains("import"))
        #expect(await fixture.run("doctor", "--deep", "--data", target).code == 0)
    }

    @Test func `rows of many leaves below a destroyed page are found by the pointer map`() throws {
        let path = fixture.folder + "/many.db"
        let connection = try Connection(path: path, options: .writer)
        try connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
        try connection.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO t SELECT i, printf('%0200d', i) FROM n; INSERT INTO t VALUES (20001, printf('%09000d', 7));
            PRAGMA wal_checkpoint(TRUNCATE)
            """
        )
        let root = try #require(try connection.first("SELECT rootpage FROM sqlite_schema") { $0.int(0) })
        func found() throws -> (rows: Set<Int64>, damaged: Int, long: Int) {
            let walk = TreeWalk(try DatabaseImage(path: path))
            var rows: Set<Int64> = []
            var long = 0
            _ = try walk.rows(root: root) { id, values in
                rows.insert(id ?? 0)
                if case .text(let text) = values[1] { long = max(long, text.utf8.count) }
            }
            return (rows, walk.damaged, long)
        }
        let whole = try found()
        #expect(whole.rows == Set(1...20_001) && whole.damaged == 0 && whole.long == 9000)
        let url = URL(filePath: path)
        var bytes = try Data(contentsOf: url)
        for offset in pageRange(root) { bytes[offset] = 0xA5 }
        try bytes.write(to: url)
        #expect(try found().rows == Set(1...20_001))
    }
}
