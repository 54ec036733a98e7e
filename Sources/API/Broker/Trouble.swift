import Contract

/// What of a run of messages is told once, however many it is: those that cannot be taken now, and those that were dropped.
struct Trouble: Hashable, Sendable {
    struct Line: Hashable, Sendable {
        var text: String
        var isOver: Bool
    }

    /// As of the connection, so far.
    private(set) var dropped = 0
    private var isRefusing = false
    private var isDropping = false

    /// What is new with these messages; one that says nothing changes nothing.
    mutating func lines(_ ends: [MessageEnd], dropped: Int, isKept: Bool) -> [Line] {
        var lines: [Line] = []
        let isDroppingNow = dropped > self.dropped
        if isDroppingNow, !isDropping {
            lines.append(.init(text: "messages come faster than they are taken, and are dropped", isOver: false))
        }
        self.dropped = dropped
        isDropping = isDroppingNow
        guard !ends.isEmpty else { return lines }
        let codes = ends.compactMap { end -> ProblemCode? in if case .notNow(let code, _) = end { code } else { nil } }
        if let code = codes.first, !isRefusing {
            let what = isKept ? "come again" : "are lost"
            lines.append(.init(text: "messages cannot be taken now and \(what): \(code.rawValue)", isOver: false))
        }
        if codes.isEmpty, isRefusing { lines.append(.init(text: "messages are taken again", isOver: true)) }
        isRefusing = !codes.isEmpty
        return lines
    }
}
