import Domain
import Pipeline

/// The single place where an answer becomes text: a new ``OutputFormat`` does not compile until it is given one here.
struct Renderer {
    let format: OutputFormat
    let isColored: Bool
    let context: OperatorContext

    var now: Instant { context.time.now() }

    func write(_ listing: Listing) throws {
        switch format {
        case .table: try context.write(table(listing))
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
    }

    /// What comes before the items of a format without end.
    func writeHeader(_ listing: Listing) throws {
        if format == .csv { try context.write(Self.csv(listing.columns.map(\.member))) }
    }

    func write(_ item: JSONObject, of listing: Listing) throws {
        switch format {
        case .ndjson, .json, .table: try line(.object(item))
        case .csv:
            try context.write(
                Self.csv(
                    listing.columns.map { column in
                        item[column.member].map { $0.isNull ? "" : Listing.Column.plain($0) } ?? ""
                    }
                )
            )
        case .ids: try context.write((item[listing.id]?.string ?? "") + "\n")
        }
    }

    /// One thing: its object, or lines for people.
    func write(_ object: JSONObject, id: String, lines: () -> [String]) throws {
        switch format {
        case .table: try context.write(lines().map { cut($0) + "\n" }.joined())
        case .json, .ndjson: try line(.object(object))
        case .csv:
            try context.write(Self.csv(object.map(\.name)))
            try context.write(Self.csv(object.map { $0.value.isNull ? "" : Listing.Column.plain($0.value) }))
        case .ids: try context.write((object[id]?.string ?? "") + "\n")
        }
    }

    /// Header, column titles, rows, and how to go on; also for the part of a screen.
    func table(_ listing: Listing, withHeader: Bool = true) -> String {
        var text = ""
        if withHeader { text += cut("\(listing.scope) · \(now.rfc3339) · \(listing.source)") + "\n" }
        if listing.items.isEmpty { return text + "(none)\n" }
        let rows = listing.items.map { item in listing.columns.map { $0.shown(item[$0.member] ?? .null, now) } }
        let table = TextTable(
            titles: listing.columns.map(\.title),
            areNumbers: listing.columns.map(\.isNumber),
            rows: rows
        )
        for (index, line) in table.lines(columns: context.columns).enumerated() {
            text += (index == 0 ? bold(line) : line) + "\n"
        }
        if let next = listing.next {
            text += "\(listing.items.count) shown, there are more: --after \(next)\n"
        } else if let total = listing.total, withHeader {
            text += "\(total) in all\n"
        }
        return text
    }

    func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func cut(_ line: String) -> String {
        let line = DisplayWidth.safe(line)
        return context.columns.map { DisplayWidth.cut(line, to: $0) } ?? line
    }

    private func line(_ value: JSONValue) throws {
        try context.output(JSONWriter.bytes(value) + [UInt8(ascii: "\n")])
    }

    /// [RFC 4180], with line feeds alone. What a spreadsheet would take for a formula gets an apostrophe.
    private static func csv(_ fields: [String]) -> String {
        fields.map { field in
            let text = field.first.map { "=+@\t\r".contains($0) } == true ? "'" + field : field
            guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
            return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }.joined(separator: ",") + "\n"
    }
}
