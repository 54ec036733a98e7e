import Store

/// Exit codes of the operator's commands (`interfaces.md` 6).
package enum ExitStatus: Int32, Sendable {
    case ok = 0
    case failed = 1
    case usage = 2
    /// Nothing matched, or an unknown id.
    case nothing = 3
    case unreachable = 4
    case store = 5
    case refused = 6
    case partlyDone = 7
    case timedOut = 8
}

/// Why a command did not do it: what, why, and what to try next.
struct OperatorError: Error {
    var status: ExitStatus
    var what: String
    var why: String?
    var next: String?

    init(_ status: ExitStatus, _ what: String, why: String? = nil, next: String? = nil) {
        self.status = status
        self.what = what
        self.why = why
        self.next = next
    }

    /// Up to three lines, without line feed at the end.
    var text: String {
        var lines = ["carillon: \(what)"]
        if let why { lines.append(say("  why: \(why)")) }
        if let next { lines.append(say("  try: \(next)")) }
        return lines.joined(separator: "\n")
    }

    /// Something the store said.
    static func store(_ error: any Error, in folder: String) -> OperatorError {
        OperatorError(
            .store,
            say("the store in \(folder) cannot be read"),
            why: StoreError(error).said,
            next: say("carillon config show (is data the right folder?), or run as the gateway's user")
        )
    }
}

/// Nobody reads our output any more (`| head`): a silent success.
struct OutputClosedError: Error {}
