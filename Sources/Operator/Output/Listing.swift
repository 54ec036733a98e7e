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
        /// In a table that is too wide for the terminal the columns of the lowest importance go first, of equals the last; nil: it stays.
        var importance: Int?
        /// An id of an outsider's making, shown by its beginning where that is enough to tell the rows apart and the table is too wide.
        var isLongID = false
        /// A word of a state, coloured on a terminal.
        var isState = false
        /// What a table shows; by default the value as text.
        var shown: @Sendable (JSONValue, Instant) -> String = { value, _ in Self.plain(value) }

        static func text(_ title: String, _ member: String) -> Column { Column(title: title, member: member) }

        static func longID(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isLongID: true)
        }

        static func number(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isNumber: true)
        }

        static func state(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member, isState: true)
        }

        /// Only in a CSV.
        static func csv(_ member: String) -> Column { Column(title: member, member: member, isInTable: false) }

        /// The same, left out of a table that is too wide.
        var optional: Column { important(1) }

        /// The same, left out when those of less importance were not enough. Beyond ``detailsMax`` only for what would else be cut in
        /// the middle of a row.
        func important(_ importance: Int) -> Column {
            var column = self
            column.importance = importance
            return column
        }

        /// Up to here a column goes so that the last one is seen whole.
        static let detailsMax = 3

        /// An instant, as the time from or to now.
        static func time(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member) { value, now in
                value.string.flatMap { Instant(rfc3339: $0) }.map { RelativeTime.text($0, now: now) } ?? "-"
            }
        }

        /// An instant to come; one that is over is now.
        static func until(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member) { value, now in
                value.string.flatMap { Instant(rfc3339: $0) }.map { RelativeTime.until($0, now: now) } ?? "-"
            }
        }

        /// How long ago, without the word.
        static func length(_ title: String, _ member: String) -> Column {
            Column(title: title, member: member) { value, now in
                value.string.flatMap { Instant(rfc3339: $0) }.map { RelativeTime.length((now - $0).components.seconds) }
                    ?? "-"
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
            case .bool(let value): say(known: "\(value)")
            case .array, .object: JSONWriter.text(value)
            }
        }
    }

    /// The member that names an item: what `-o ids` prints and what a cursor is.
    var id: String
    /// What was asked for, in words.
    var scope: String
    /// `live` or `store`.
    var source = "store"
    var columns: [Column]
    var items: [JSONObject] = []
    /// nil when it was not counted.
    var total: Int?
    var next: String?
    /// Elements of the service's answer that are not among the items.
    var unread = 0

    /// For people, when the service's answer had elements that could not be read; nil when it had none.
    static func sentence(unread: Int) -> String? {
        unread == 0 ? nil : say("could not be read in the service's answer: \(unread); is it of another version?")
    }
}
