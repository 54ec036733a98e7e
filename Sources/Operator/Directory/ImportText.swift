import Domain

/// An import's report for people.
enum ImportText {
    /// Warnings shown; `-o json` has them all.
    static let warningsShown = 20

    static func lines(_ object: JSONObject) -> [String] {
        var lines = ["import \(object["import"]?.string ?? "-") · \(object["state"]?.string ?? "-")"]
        let rows = (object["diff"]?.object ?? JSONObject()).map { kind in
            [kind.name]
                + ["added", "changed", "removed"].map { kind.value[$0].map { Listing.Column.plain($0) } ?? "-" }
        }
        if !rows.isEmpty {
            lines += TextTable(
                titles: ["", "ADDED", "CHANGED", "REMOVED"],
                areNumbers: [false, true, true, true],
                rows: rows
            )
            .lines(columns: nil)
        }
        for hold in object["held"]?.array ?? [] {
            lines.append(
                "held: school \(word(hold["school"])), limit \(word(hold["limit"])) passed with \(word(hold["value"]))"
            )
        }
        let warnings = object["warnings"]?.array ?? []
        for warning in warnings.prefix(warningsShown) {
            let place = [word(warning["file"]), word(warning["line"]), word(warning["record"])]
                .joined(separator: ":")
            lines.append("warning: \(place): \(word(warning["code"])) \(word(warning["detail"]))")
        }
        let total = object["warningsTotal"]?.int64 ?? Int64(warnings.count)
        if total > warningsShown { lines.append("\(total) warnings in all; -o json shows more") }
        return lines
    }

    private static func word(_ value: JSONValue?) -> String { value.map { Listing.Column.plain($0) } ?? "-" }
}
