import Database
import SQLite

/// Copies what can be read of one damaged file into a new one of the current schema.
struct TableRescue {
    let image: DatabaseImage
    let target: Connection
    let migrations: [Migration]
    /// Tables that the new file fills by itself.
    let derived: Set<String>
    /// Rows by table: saved, and refused by the new file.
    private(set) var counts: [String: RecoveryReport.Rows] = [:]
    private(set) var damagedPages = 0

    init(from path: String, to targetPath: String, migrations: [Migration], derived: Set<String>) throws {
        image = try DatabaseImage(path: path)
        var options = ConnectionOptions.writer
        // Nobody reads it before it is whole; the next who opens it makes it a store like others.
        options.pragmas.removeAll { $0.hasPrefix("journal_mode") || $0.hasPrefix("foreign_keys") }
        options.pragmas += ["journal_mode = MEMORY", "synchronous = OFF", "foreign_keys = OFF"]
        target = try Connection(path: targetPath, options: options)
        self.migrations = migrations
        self.derived = derived
    }

    /// Everything, in one transaction; then the migrations the damaged file had not seen.
    mutating func run() throws {
        let told = image.userVersion.flatMap { (1...migrations.count).contains($0) ? $0 : nil }
        let version = try told ?? likeliestVersion()
        try target.migrate(Array(migrations.prefix(version)))
        let tables = try tables()
        let walk = TreeWalk(image)
        let roots = try roots(walk, tables)
        try target.transaction(.immediate) { _ in
            // What the schema itself puts into a new file comes again from the old one.
            for table in tables { try target.execute("DELETE FROM \(table.name)") }
            var refused: [(Table, Int)] = []
            for table in tables where !derived.contains(table.name) {
                guard let root = roots[table.name] else { continue }
                for page in try walk.rows(root: root, { try save($0, $1, table) }) { refused.append((table, page)) }
            }
            for (table, page) in refused { _ = try walk.rows(root: page) { try save($0, $1, table) } }
        }
        damagedPages = walk.damaged
        try target.migrate(migrations)
    }

    /// The version whose schema has most texts in common with what can be read of this file's, the newest of equals: of a file whose header
    /// does not tell. A row of an older table may be wider than that of a newer one.
    private func likeliestVersion() throws -> Int {
        var found: Set<String> = []
        _ = try TreeWalk(image).rows(root: 1) { _, values in
            if values.count > 4, case .text(let sql) = values[4] { found.insert(sql) }
        }
        var best = (version: migrations.count, alike: 0)
        for version in (1...migrations.count).reversed() {
            let fresh = try Connection(path: ":memory:", options: .writer)
            try fresh.migrate(Array(migrations.prefix(version)))
            let texts = try fresh.all("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL") { $0.text(0) }
            let alike = texts.count(where: found.contains)
            if alike > best.alike { best = (version, alike) }
        }
        return best.version
    }

    private struct Table {
        var name: String
        /// In the order of the record: that of the table, in one without rowid the key first.
        var columns: [String]
        /// The column that is the rowid, whose place in the record is NULL.
        var rowID: Int?
        var hasRowID: Bool
        var root: Int
    }

    /// Those of the new file, `sqlite_sequence` with them.
    private func tables() throws -> [Table] {
        let names = try target.all(
            "SELECT name, rootpage, sql LIKE '%WITHOUT ROWID%' FROM sqlite_schema WHERE type = 'table' ORDER BY rootpage"
        ) { ($0.text(0), $0.int(1), $0.intOrNil(2) == 1) }
        return try names.map { name, root, isWithout in
            let columns = try target.all("SELECT name, pk, type FROM pragma_table_info(?)", name) {
                (name: $0.text(0), key: $0.int(1), type: $0.text(2))
            }
            let keys = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }
            let rest = columns.filter { $0.key == 0 }
            let isRowID = !isWithout && keys.count == 1 && keys[0].type == "INTEGER"
            return Table(
                name: name,
                columns: (isWithout ? keys + rest : columns).map(\.name),
                rowID: isRowID ? columns.firstIndex { $0.key > 0 } : nil,
                hasRowID: !isWithout,
                root: root
            )
        }
    }

    /// Where the tables begin, as the damaged file says; of those it does not tell, where a file made by the same steps has them.
    private func roots(_ walk: TreeWalk, _ tables: [Table]) throws -> [String: Int] {
        var roots: [String: Int] = [:]
        _ = try walk.rows(root: 1) { _, values in
            guard values.count >= 4, values[0] == .text("table"), case .text(let name) = values[1],
                case .integer(let root) = values[3], root > 1, root <= image.pageCount
            else { return }
            roots[name] = Int(root)
        }
        let taken = Set(roots.values)
        for table in tables where roots[table.name] == nil && !taken.contains(table.root) {
            roots[table.name] = table.root
        }
        return roots
    }

    private mutating func save(_ rowID: Int64?, _ values: [Value], _ table: Table) throws {
        guard (rowID != nil) == table.hasRowID, values.count <= table.columns.count, !values.isEmpty else {
            counts[table.name, default: .init()].lost += 1
            return
        }
        var values = values
        if let column = table.rowID, column < values.count, let rowID { values[column] = .integer(rowID) }
        let columns = table.columns.prefix(values.count)
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        do {
            let statement = try target.statement(
                "INSERT INTO \(table.name)(\(columns.joined(separator: ", "))) VALUES (\(places))"
            )
            try statement.bind(values: values)
            try statement.run()
            counts[table.name, default: .init()].saved += 1
        } catch {
            guard case .constraint = error else { throw error }
            counts[table.name, default: .init()].lost += 1
        }
    }
}
