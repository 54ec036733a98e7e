import Domain

/// A list as every format shows it: the items are the objects of the JSON, the columns say what a table takes of them.
struct Listing {
    struct Column: Sendable {
        var title: String
        /// The JSON member; also the name in a CSV.
        var member: String
        var isNumber = false
        /// False: only in a CSV.
        var isInTable = true
        /// Left out of a table that is too wide for the terminal.
        var mayGo = false
        /// A word of a state, coloured on a terminal.
        var isState = false
        /// What a table shows; by default the value as text.
        var shown: @Sendable (JSONValue, Instant) -> String = { value, _ in Self.plain(value) }

        static func text(_ title: String, _ member: String) -> Column { Column(title: title, member: member) }

        static func number(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isNumber: true)
        }

        static func state(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isState: true)
        }

        /// Only in a CSV.
        static func csv(_ member: String) -> Column { Column(title: member, member: member, isInTable: false) }

        /// The same, left out of a table that is too wide.
        var optional: Column {
            var column = self
            column.mayGo = true
            return column
        }

        /// An instant, as the time from or to now.
        static func time(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member) { value, now in
                value.string.flatMap { Instant(rfc3339: $0) }.map { RelativeTime.text($0, now: now) } ?? "-"
            }
        }

        static func seconds(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isNumber: true) { value, _ in
                value.int64.map { RelativeTime.length($0) } ?? "-"
            }
        }

        static func plain(_ value: JSONValue) -> String {
            switch value {
            case .null: "-"
            case .string(let text): text
            case .number(let text): text
            case .bool(let value): "\(value)"
            case .array, .object: JSONWriter.text(value)
            }
        }
    }

    /// The member that names an item: what `-o ids` prints and what a cursor is.
    var id: String
    /// What was asked for, in words.
    var scope: String
    /// `live` or `store`.
    var source: String
    var columns: [Column]
    var items: [JSONObject] = []
    /// nil when it was not counted.
    var total: Int?
    var next: String?
}
