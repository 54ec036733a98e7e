import Contract

/// How far an import has come, in a line for people.
enum ImportProgressText {
    private static let barColumns = 20

    /// `reading: 43 %, 120000 records read, 118000 staged (12 s)`.
    static func line(_ view: ImportProgressView, seconds: Int) -> String {
        switch view.state {
        case "reading":
            let share = percent(view).map { "\($0) %, " } ?? ""
            return say("reading: \(share)\(view.read) records read, \(view.staged) staged (\(seconds) s)")
        case "applying": return say("comparing and applying \(view.staged) records, in one transaction (\(seconds) s)")
        default: return say("handing the export over (\(seconds) s)")
        }
    }

    /// The same behind a bar, where it is known how much there is.
    static func bar(_ view: ImportProgressView, seconds: Int, columns: Int) -> String {
        let line = line(view, seconds: seconds)
        let share = view.state == "applying" ? 100 : view.state == "reading" ? percent(view) : 0
        guard let share, columns > barColumns + 20 else { return String(line.prefix(columns)) }
        let full = share * barColumns / 100
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: barColumns - full)
        return String("[\(bar)] \(line)".prefix(columns))
    }

    private static func percent(_ view: ImportProgressView) -> Int? {
        guard let total = view.bytesTotal, total > 0 else { return nil }
        return min(100, view.bytes * 100 / total)
    }
}

/// When a line is said where nobody watches a bar: not of an import of a moment, and one each few seconds at most.
struct ImportPace {
    /// Seconds.
    static let interval = 5

    private var next = interval

    /// `seconds`: since the import began.
    mutating func isDue(at seconds: Int) -> Bool {
        guard seconds >= next else { return false }
        next = seconds + Self.interval
        return true
    }
}
