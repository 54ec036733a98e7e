import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `GET /v1/events`: a publisher's own events, newest first, a page at a time; or the one it posted as `ref`.
struct EventListRoute {
    /// Events of anybody that one answer looks at; then it is sent with what was found, and `next` goes on.
    private static let lookedAtMax = 2_000
    private static let slice = 500

    let services: AdminServices

    func response(_ call: Call, for publisher: String) async throws -> Response {
        let question = try Question(call, publisher: publisher)
        let (events, next) = try await services.queueReader.read { try question.answer(from: $0) }
        return .json(
            .ok,
            ListView(at: services.time.now(), events.map(EventStatus.row), next: next?.description)
        )
    }

    private struct Question: Sendable {
        let publisher: String
        let limit: Int
        var before: EventID?
        var state: EventState?
        var since: Instant?
        var until: Instant?
        var subject: ExactText?
        /// Hashes of the identities that `ref` may be.
        var identities: [[UInt8]]?

        init(_ call: Call, publisher: String) throws(Problem) {
            self.publisher = publisher
            limit = try call.limit()
            if let text = call.query("after") {
                guard let id = EventID(text) else {
                    throw Problem(.invalidParameter, "after is the next of an earlier answer.")
                }
                before = id
            }
            if let text = call.query("state") {
                guard let state = EventState(word: text) else {
                    let words = EventState.allCases.map(\.word).joined(separator: ", ")
                    throw Problem(.invalidParameter, "state is one of \(words).")
                }
                self.state = state
            }
            since = try call.instant("since")
            until = try call.instant("until")
            subject = call.query("subject").map { ExactText($0) }
            if let ref = call.query("ref") {
                let source = call.query("source")
                let possible: [Submission.Identity] =
                    if let source { [.event(source: source, id: ref)] } else {
                        [.idempotencyKey(ref), .webhookID(ref)]
                    }
                identities = possible.map { Intake.scope($0, publisher: publisher) }
            }
        }

        func answer(from reader: QueueReader) throws -> (events: [StoredEvent], next: EventID?) {
            if let identities {
                let ids = try Set(identities.compactMap { try reader.event(postedAs: $0) })
                return (try ids.compactMap { try reader.event($0) }.filter(holds), nil)
            }
            var found: [StoredEvent] = []
            var cursor = until.map { EventID(rawValue: $0.milliseconds << 20) }
            if let before { cursor = min(before, cursor ?? before) }
            var lookedAt = 0
            while lookedAt < EventListRoute.lookedAtMax {
                let events = try reader.events(before: cursor, state: state, limit: EventListRoute.slice)
                for event in events {
                    if let since, event.acceptedAt < since { return (found, nil) }
                    cursor = event.id
                    guard holds(event) else { continue }
                    found.append(event)
                    if found.count == limit { return (found, cursor) }
                }
                if events.count < EventListRoute.slice { return (found, nil) }
                lookedAt += events.count
            }
            return (found, cursor)
        }

        private func holds(_ event: StoredEvent) -> Bool {
            event.publisher == publisher && (state.map { $0 == event.state } ?? true)
                && (since.map { event.acceptedAt >= $0 } ?? true) && (until.map { event.acceptedAt < $0 } ?? true)
                && (subject.map { event.subject.map { ExactText($0) } == $0 } ?? true)
        }
    }
}

extension Call {
    /// An RFC 3339 time of the query; nil when it is absent.
    fileprivate func instant(_ name: String) throws(Problem) -> Instant? {
        guard let text = query(name) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw Problem(.invalidParameter, "\(name) is an RFC 3339 time.")
        }
        return instant
    }
}
