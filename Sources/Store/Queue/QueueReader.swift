import Database
package import Domain

/// Reads `queue.db` beside the writer, in the service and in the operator's command; works when the service is dead.
///
/// Holds one read-only connection: used from one thread at a time. Every statement is bounded, none takes a lock the writer waits for.
package final class QueueReader {
    let connection: any Session
    /// Rows that lists have left out because they cannot be read.
    package let unreadable = UnreadableRows()

    init(connection: any Session) { self.connection = connection }

    /// Ends whatever `body` reads after `limit`, so that a question never holds a snapshot for long.
    package func bounded<T>(_ limit: Duration, _ body: (QueueReader) throws -> T) throws -> T {
        try connection.withTimeLimit(limit) { try body(self) }
    }

    /// Open pages of all lanes as the scheduler takes them; read once at start. Index page_open.
    package func openPages() throws -> [Scheduler.Entry] {
        try connection.all(QueueSQL.openPages.rawValue, row: Self.entry)
    }

    /// The same of one lane, when it is opened. Index page_open.
    package func openPages(on lane: LaneID) throws -> [Scheduler.Entry] {
        try connection.all(QueueSQL.openPagesOfLane.rawValue, Int64(lane.rawValue), row: Self.entry)
    }

    /// Whether anything waits for a lane, is under way or held. Index page_open.
    package func hasOpenPage(on lane: LaneID) throws -> Bool {
        try connection.first(QueueSQL.hasOpenPage.rawValue, Int64(lane.rawValue)) { _ in true } ?? false
    }

    private static func entry(_ row: borrowing Row) -> Scheduler.Entry {
        Scheduler.Entry(
            page: PageID(rawValue: row.int64(0)),
            event: EventID(rawValue: row.int64(1)),
            lane: LaneID(rawValue: Int32(truncatingIfNeeded: row.int64(2))),
            tag: row.int64(3),
            count: row.int(4),
            isUrgent: row.bool(5)
        )
    }

    /// Events whose audience is not, or not wholly, cut into pages and whose time has come. Index event_due.
    package func dueEvents(now: Instant, limit: Int) throws -> [EventID] {
        try connection.all(
            QueueSQL.dueEvents.rawValue,
            now.milliseconds,
            limit
        ) { EventID(rawValue: $0.int64(0)) }
    }

    /// When an event's time to live ends; also of one that cannot be read. Primary key.
    package func expiry(of event: EventID) throws -> Instant? {
        try connection.first("SELECT expires_at FROM event WHERE id = ?", event.rawValue) {
            Instant(milliseconds: $0.int64(0))
        }
    }

    /// When the newest event was numbered: a clock well behind it went back.
    package func newestInstant() throws -> Instant? {
        let event = try connection.first("SELECT max(id) FROM event") { $0.int64OrNil(0) }.flatMap { $0 }
        return event.map { Instant(milliseconds: $0 >> 20) }
    }

    package func event(_ id: EventID) throws -> StoredEvent? {
        try connection.first(Self.eventColumns + " WHERE id = ?", id.rawValue, row: Self.event)
    }

    package func publication(of id: EventID) throws -> Publication? {
        try connection.first("SELECT publication FROM content WHERE event = ?", id.rawValue) {
            try PublicationCoding.decode($0.blob(0))
        }
    }

    /// Plan, result, event, lane and expiry of a page; nil when it does not exist.
    ///
    /// - Throws: ``UnreadableRowError`` for a page that cannot be read.
    package func page(_ id: PageID) throws -> StoredPage? { try pages([id])[id]?.get() }

    /// Retry rows of a lane that are due, oldest first. Primary key.
    package func dueRetries(on lane: LaneID, now: Instant, limit: Int) throws -> [Retry] {
        try connection.all(
            QueueSQL.dueRetries.rawValue,
            Int64(lane.rawValue),
            now.milliseconds,
            limit,
            row: Self.retry
        )
    }

    package func lanes() throws -> [StoredLane] { try QueueStore.lanes(connection) }

    package func meta(_ name: String) throws -> [UInt8]? {
        try connection.first(QueueSQL.meta.rawValue, name) { $0.blob(0) }
    }

    package struct Retry: Sendable {
        package var delivery: DeliveryID
        package var attempts: Int
        package var dueAt: Instant
        package var event: EventID

        package init(delivery: DeliveryID, attempts: Int, dueAt: Instant, event: EventID) {
            self.delivery = delivery
            self.attempts = attempts
            self.dueAt = dueAt
            self.event = event
        }
    }

    static func retry(_ row: borrowing Row) -> Retry {
        Retry(
            delivery: DeliveryID(rawValue: row.int64(0)),
            attempts: row.int(1),
            dueAt: Instant(milliseconds: row.int64(2)),
            event: EventID(rawValue: row.int64(3))
        )
    }

    /// An event that was withdrawn, or that an operator holds, says so, while the column keeps how far it has come.
    static let shownState =
        "CASE WHEN withdrawal IS NOT NULL THEN 6 WHEN standing = 1 AND state < 4 THEN 5 ELSE state END"

    static let eventColumns = """
        SELECT id, \(shownState), publisher, school, app, action, urgency, data_class, accepted_at, not_before, expires_at, done_at,
            subject, collapse, cursor, parts, pupils, unresolved, unknown_users, withdrawal, superseding, warnings, merged_with FROM event
        """

    static func event(_ row: borrowing Row) throws -> StoredEvent {
        guard let state = EventState(rawValue: row.int(1)),
            let urgency = Urgency(rawValue: UInt8(clamping: row.int(6))),
            let dataClass = DataClass(rawValue: UInt8(clamping: row.int(7)))
        else { throw StoreError.damaged("event \(EventID(rawValue: row.int64(0)))") }
        return StoredEvent(
            id: EventID(rawValue: row.int64(0)),
            state: state,
            publisher: row.text(2),
            school: row.textOrNil(3),
            app: row.text(4),
            action: row.text(5),
            urgency: urgency,
            dataClass: dataClass,
            acceptedAt: try row.instant(8),
            notBefore: try row.instantOrNil(9),
            expiresAt: try row.instant(10),
            doneAt: try row.instantOrNil(11),
            subject: row.textOrNil(12),
            collapse: EventID(rawValue: row.int64(13)),
            cursor: row.int64(14),
            parts: row.int(15),
            pupils: row.int(16),
            unresolved: AudienceCoding.members(row.text(17)),
            unknownUsers: try names(row.text(18)),
            withdrawal: row.int64OrNil(19),
            superseding: row.int64OrNil(20),
            warnings: ReceiptWarningCoding.warnings(row.text(21)),
            mergedWith: MergedEvents.ids(row.text(22))
        )
    }

    private static func names(_ text: String) throws -> [String] {
        try JSONParser.parse(text).array?.compactMap(\.string) ?? []
    }
}
