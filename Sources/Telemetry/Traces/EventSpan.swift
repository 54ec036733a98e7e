package import Domain

/// One event on its way, as a span: when it came, was accepted and expanded, and when a provider first and last answered. Without texts and
/// names, and without the persons it is for.
package struct EventSpan: Hashable, Sendable {
    package let event: EventID
    package let publisher: String
    /// `BLOG.PUBLISH-POST`.
    package let kind: String
    /// 32 hex digits: the sender's, or its own.
    package let trace: String
    /// Of the sender's span, 16 hex digits; nil without one.
    package let parent: String?
    /// 16 hex digits.
    package let id: String
    package let begunAt: Instant
    /// Its commit is on the disk.
    package let acceptedAt: Instant
    /// All its pages are.
    package private(set) var expandedAt: Instant?
    package private(set) var firstAnswerAt: Instant?
    package private(set) var lastAnswerAt: Instant?
    /// The word of the API: how it stood when the span ended.
    package var state = ""

    /// nil: the sender does not keep its part of the trace, so there is none here either.
    package init?(
        _ event: EventID,
        publisher: String,
        kind: String,
        under sender: TraceParent?,
        begunAt: Instant,
        acceptedAt: Instant
    ) {
        guard sender?.isSampled ?? true else { return nil }
        self.event = event
        self.publisher = publisher
        self.kind = kind
        trace = sender?.trace ?? Self.random() + Self.random()
        parent = sender?.parent
        id = Self.random()
        self.begunAt = begunAt
        self.acceptedAt = acceptedAt
    }

    /// What it has come to.
    package var endedAt: Instant { [acceptedAt, expandedAt, lastAnswerAt].compactMap { $0 }.max() ?? acceptedAt }

    package mutating func expanded(at: Instant) { expandedAt = at }

    /// Lanes tell of their turns one beside the other.
    package mutating func answered(from first: Instant, to last: Instant) {
        firstAnswerAt = min(firstAnswerAt ?? first, first)
        lastAnswerAt = max(lastAnswerAt ?? last, last)
    }

    /// 16 hex digits, not all zero.
    private static func random() -> String { Hex.text(UInt64.random(in: 1 ... .max)) }
}
