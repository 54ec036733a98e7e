import Domain

/// One line of the doctor: what was looked at, how it is, and what to do about it.
struct Finding: Sendable {
    enum Level: String, Sendable {
        case ok, warn, fail
    }

    var level: Level
    var subject: String
    var what: String
    /// Only when something is to be done.
    var next: String?
    /// The gateway refuses to start.
    var isFatal = false

    static func ok(_ subject: String, _ what: String) -> Finding { Finding(level: .ok, subject: subject, what: what) }

    static func warn(_ subject: String, _ what: String, next: String? = nil) -> Finding {
        Finding(level: .warn, subject: subject, what: what, next: next)
    }

    static func fail(_ subject: String, _ what: String, next: String? = nil) -> Finding {
        Finding(level: .fail, subject: subject, what: what, next: next)
    }

    var json: JSONObject {
        JSONObject([
            "level": .string(level.rawValue), "subject": .string(subject), "what": .string(what),
            "next": next.map { .string($0) } ?? .null,
        ])
    }
}
