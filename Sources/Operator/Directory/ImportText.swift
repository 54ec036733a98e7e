import Contract
import Domain

/// An import's report for people.
enum ImportText {
    /// Warnings shown; `-o json` has them all.
    static let warningsShown = 20

    static func lines(_ object: JSONObject) -> [String] {
        let report = ImportView(shown: object)
        var lines = ["import \(report.id ?? "-") · \(report.state ?? "-")"]
        let rows = (report.diff ?? JSONObject()).map { kind in
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
        for hold in report.held {
            lines.append("held: school \(hold.school), limit \(hold.limit) passed with \(hold.value)")
        }
        for warning in report.warnings.prefix(warningsShown) {
            let place = [warning.file, warning.line.map(String.init) ?? "-", warning.record ?? "-"]
            lines.append("warning: \(place.joined(separator: ":")): \(warning.code) \(warning.detail)")
        }
        let total = report.warningsTotal ?? report.warnings.count
        if total > warningsShown { lines.append("\(total) warnings in all; -o json shows more") }
        return lines
    }
}
