import Contract
import Domain

/// An import's report for people.
enum ImportText {
    /// Warnings shown; `-o json` has them all.
    static let warningsShown = 20

    static func lines(_ object: JSONObject) -> [String] {
        var unread = 0
        let report = ImportView(shown: object, unread: &unread)
        var lines = [say("import \(report.id ?? "-") · \(report.state ?? "-")")]
        let rows = (report.diff ?? JSONObject()).map { kind in
            [say(known: kind.name)]
                + ["added", "changed", "removed"].map { kind.value[$0].map { Listing.Column.plain($0) } ?? "-" }
        }
        if !rows.isEmpty {
            lines += TextTable(
                titles: ["", say("ADDED"), say("CHANGED"), say("REMOVED")],
                areNumbers: [false, true, true, true],
                rows: rows
            )
            .lines(columns: nil)
        }
        lines += schools(report.schools)
        for hold in report.held {
            let detail = hold.detail.map { ": \($0)" } ?? ""
            lines.append(say("held: school \(hold.school), limit \(hold.limit) passed with \(hold.value)\(detail)"))
        }
        for warning in report.warnings.prefix(warningsShown) {
            let place = [warning.file, warning.line.map(String.init) ?? "-", warning.record ?? "-"]
            lines.append(say("warning: \(place.joined(separator: ":")): \(warning.code) \(warning.detail)"))
        }
        let total = report.warningsTotal ?? report.warnings.count
        if total > warningsShown { lines.append(say("\(total) warnings in all; -o json shows more")) }
        return lines + (Listing.sentence(unread: unread).map { [$0] } ?? [])
    }

    /// Schools shown; `-o json` has more.
    private static let schoolsShown = 20

    /// `0429901A  pupils +3 ~1 -2 (9100642, 9100643, ...)`.
    private static func schools(_ schools: [JSONObject]) -> [String] {
        var lines = schools.prefix(schoolsShown).map { school in
            let parts = school.compactMap { kind -> String? in
                guard let change = kind.value.object else { return nil }
                let counts = [("+", "added"), ("~", "changed"), ("-", "removed")].compactMap { sign, name -> String? in
                    guard let count = change[name]?.int64, count > 0 else { return nil }
                    return "\(sign)\(count)"
                }
                let keys = ["added", "changed", "removed"].compactMap { change["examples"]?[$0]?.array?.first?.string }
                return "\(kind.name) \(counts.joined(separator: " ")) (\(keys.joined(separator: ", ")))"
            }
            return "\(school["school"]?.string ?? "-"): \(parts.joined(separator: ", "))"
        }
        if schools.count > schoolsShown { lines.append(say("\(schools.count) schools in all; -o json shows more")) }
        return lines
    }
}
