import Database
import SQLite

/// One value of one row made into another, as a flipped bit or an earlier release's mistake would.
struct Damage: CustomStringConvertible, Sendable {
    var file: String
    var table: String
    var column: String
    var value: Value

    var description: String { "\(file) \(table).\(column) = \(value)" }

    /// What each column of these tables can become; types are kept, since STRICT tables allow no other.
    static func all(_ file: String, tables: [String], in connection: Connection) throws -> [Damage] {
        try tables.flatMap { table in
            try connection.all("SELECT name, type FROM pragma_table_info(?)", table) { ($0.text(0), $0.text(1)) }
                .flatMap { column, type in
                    values(type).map { Damage(file: file, table: table, column: column, value: $0) }
                }
        }
    }

    private static func values(_ type: String) -> [Value] {
        switch type {
        case "INTEGER": [.integer(-1), .integer(77), .integer(.max), .integer(.min)]
        case "TEXT": [.text(""), .text("{\u{1}"), .text("[1")]
        default: [.blob([]), .blob([9, 9, 9]), .blob([1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])]
        }
    }

    /// In the rows that `condition` names; false when an index or the schema refuses the value.
    func apply(to connection: Connection, where condition: String) throws -> Bool {
        do {
            try connection.run("UPDATE \(table) SET \(column) = ? WHERE \(condition)", value)
            return connection.changes > 0
        } catch SQLiteError.constraint {
            return false
        } catch SQLiteError.other {
            // No place for it: a rowid, a value the table's type refuses.
            return false
        }
    }
}
