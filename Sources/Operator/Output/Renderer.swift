import Domain

/// The single place where an answer becomes text: a new ``OutputFormat`` does not compile until it is given one here.
struct Renderer {
    var format: OutputFormat
    let isColored: Bool
    /// A CSV with what a spreadsheet of a European language expects.
    var isForExcel = false
    var context: OperatorContext

    var now: Instant { context.time.now() }

    func write(_ listing: Listing) throws {
        switch format {
        case .table:
            try context.writeText(table(listing))
            // In a pipe the rows are alone; how to go on is for whoever reads the other stream.
            if context.columns == nil, let more = more(of: listing), listing.next != nil { context.talk(more) }
        case .json:
            var envelope = JSONObject()
            envelope["at"] = .string(now.rfc3339)
            envelope["source"] = .string(listing.source)
            envelope["items"] = .array(listing.items.map { .object($0) })
            envelope["total"] = listing.total.map { .number($0) } ?? .null
            envelope["next"] = listing.next.map { .string($0) } ?? .null
            try line(.object(envelope))
        case .ndjson, .csv, .ids:
            try writeHeader(listing)
            for item in listing.items { try write(item, of: listing) }
        }
        if let sentence = Listing.sentence(unread: listing.unread) { context.talk(sentence) }
    }

    /// Writes the list; an empty answer to a filter is exit code 3.
    func writeMatched(_ listing: Listing, isFiltered: Bool) throws {
        try write(listing)
        if listing.items.isEmpty, isFiltered {
            throw OperatorError(.nothing, say("nothing matched: \(listing.scope)"))
        }
    }

    /// What comes before the items of a format without end.
    func writeHeader(_ listing: Listing) throws {
        guard format == .csv else { return }
        try context.write(byteOrderMark + csv(listing.columns.map(\.member)))
    }

    func write(_ item: JSONObject, of listing: Listing) throws {
        switch format {
        case .ndjson, .json, .table: try line(.object(item))
        case .csv:
            try context.write(
                csv(
                    listing.columns.map { column in
                        switch item[column.member] {
                        case nil, .null: ""
                        case .some(let value) where value.array != nil || value.object != nil: column.shown(value, now)
                        case .some(let value): Listing.Column.plain(value)
                        }
                    }
                )
            )
        case .ids: try id(item[listing.id])
        }
    }

    /// One thing: its object, or lines for people.
    ///
    /// `colored`: the lines may hold colours of this renderer; they were made safe cell by cell.
    func write(_ object: JSONObject, id: String, colored: Bool = false, lines: () -> [String]) throws {
        switch format {
        case .table: try context.writeText(lines().map { (colored ? fitted($0) : cut($0)) + "\n" }.joined())
        case .json, .ndjson: try line(.object(object))
        case .csv:
            let cells = CSVCells(object)
            try context.write(byteOrderMark + csv(cells.names))
            try context.write(csv(cells.values))
        case .ids: try self.id(object[id])
        }
    }

    /// Header, column titles, rows, and how to go on; also for the part of a screen.
    func table(_ listing: Listing, withHeader: Bool = true) -> String {
        // A pipe wants rows.
        let isTitled = withHeader && context.columns != nil
        var text = ""
        if isTitled { text += cut(header(of: listing)) + "\n" }
        if listing.items.isEmpty { return text + say("(none)") + "\n" }
        text += rows(of: listing)
        if context.columns != nil, let more = more(of: listing), withHeader || listing.next != nil {
            text += more + "\n"
        }
        return text
    }

    /// How many there are, and how to go on.
    private func more(of listing: Listing) -> String? {
        let count = listing.items.count
        if let next = listing.next { return say("\(count) shown, there are more: --after \(next)") }
        guard let total = listing.total else { return nil }
        return total > count ? say("\(count) shown of \(total)") : say("\(total) in all")
    }

    /// What was asked for, when, and of whom.
    func header(of listing: Listing) -> String {
        Self.head(listing.scope, at: now, source: listing.source)
    }

    /// The first line of an answer.
    static func head(_ scope: String, at now: Instant, source: String = "store") -> String {
        "\(scope) · \(now.rfc3339) · \(say(known: source))"
    }

    /// A sentence over as many lines as it needs.
    func wrapped(_ text: String) -> [String] {
        let text = DisplayWidth.safe(text)
        return context.columns.map { DisplayWidth.wrap(text, to: $0) } ?? [text]
    }

    /// What the last column of a table keeps before columns of some importance go.
    private static let lastMax = 32

    /// Titles and rows. What does not fit the terminal: first the columns that may go, by their importance, then the end of the lines.
    private func rows(of listing: Listing) -> String {
        var columns = listing.columns.filter(\.isInTable)
        var table = textTable(listing, columns)
        if let width = context.columns, table.width() > width, columns.contains(where: \.isLongID) {
            columns = columns.map { $0.isLongID ? Self.shortened($0, listing.items) : $0 }
            table = textTable(listing, columns)
        }
        while let width = context.columns, table.width() > width,
            let least = columns.compactMap(\.importance).min(),
            least <= Listing.Column.detailsMax || table.width(lastMax: Self.lastMax) > width,
            let index = columns.lastIndex(where: { $0.importance == least })
        {
            columns.remove(at: index)
            table = textTable(listing, columns)
        }
        let lines = table.lines(columns: context.columns) { row, column, cell in
            guard isColored, columns[column].isState else { return cell }
            return Self.painted(cell, listing.items[row][columns[column].member]?.string)
        }
        return lines.enumerated().map { ($0.offset == 0 ? bold($0.element) : $0.element) + "\n" }.joined()
    }

    /// The column with the shortest beginnings, of eight signs or more, that tell its values apart.
    private static func shortened(_ column: Listing.Column, _ items: [JSONObject]) -> Listing.Column {
        let values = Set(items.compactMap { $0[column.member]?.string })
        let longest = values.map(\.count).max() ?? 0
        guard longest > 9,
            let length = (8..<longest - 1).first(where: { length in
                Set(values.map { $0.prefix(length) }).count == values.count
            })
        else { return column }
        var short = column
        short.shown = { value, _ in
            value.string.map { $0.count > length + 1 ? $0.prefix(length) + "…" : $0 } ?? Listing.Column.plain(value)
        }
        return short
    }

    private func textTable(_ listing: Listing, _ columns: [Listing.Column]) -> TextTable {
        TextTable(
            titles: columns.map { say(known: $0.title) },
            areNumbers: columns.map(\.isNumber),
            rows: listing.items.map { item in columns.map { $0.shown(item[$0.member] ?? .null, now) } }
        )
    }

    /// Red for what a person must look at, yellow for what copes, green for what went well.
    static func painted(_ text: String, _ state: String?) -> String {
        switch state {
        case "dead", "rejected", "credentialFault", "notReached", "fail", "disabled": "\u{1B}[31m\(text)\u{1B}[0m"
        case "deferred", "open", "halfOpen", "paused", "draining", "held", "expired", "warn", "suspect", "waiting":
            "\u{1B}[33m\(text)\u{1B}[0m"
        case "accepted", "active", "reached", "ok": "\u{1B}[32m\(text)\u{1B}[0m"
        default: text
        }
    }

    func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// A line that may hold colours: those are of no width and stay.
    func fitted(_ line: String) -> String {
        guard line.contains("\u{1B}") else { return cut(line) }
        return context.columns.map { DisplayWidth.cut(line, to: $0) } ?? line
    }

    /// Made safe for a terminal, and cut at its edge.
    func cut(_ line: String) -> String {
        let line = DisplayWidth.safe(line)
        return context.columns.map { DisplayWidth.cut(line, to: $0) } ?? line
    }

    /// Valid JSON that a terminal shows as it is: a hidden scalar can only stand in a string, and is escaped there.
    private func line(_ value: JSONValue) throws {
        try context.write(JSONWriter.text(value).escapingHidden() + "\n")
    }

    private func id(_ value: JSONValue?) throws { try context.write((value?.string ?? "").escapingHidden() + "\n") }

    /// Spreadsheets take a file without it for one of their system's old character set.
    private var byteOrderMark: String { isForExcel ? "\u{FEFF}" : "" }

    /// [RFC 4180], with line feeds alone. What a spreadsheet would take for a formula gets an apostrophe, also behind blanks; a number stays
    /// one [OWASP, CSV injection].
    private func csv(_ fields: [String]) -> String {
        let separator: Character = isForExcel ? ";" : ","
        return fields.map { field in
            let start = field.first { $0 != " " && $0 != "\u{A0}" }
            // A hyphen alone stands for nothing in our own tables.
            let isFormula =
                start.map { "=+@\t\r\n＝＋＠－".contains($0) } == true
                || start == "-" && field != "-" && !Self.isNumber(field)
            let text = (isFormula ? "'" + field : field).escapingHidden(except: ["\n", "\t", "\r"])
            guard text.contains(where: { $0 == separator || "\"\n\r\r\n".contains($0) }) else { return text }
            return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }.joined(separator: String(separator)) + "\n"
    }

    private static func isNumber(_ text: String) -> Bool {
        text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            && text.utf8.count > 1
    }
}
