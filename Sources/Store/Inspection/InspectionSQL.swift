/// The statements that look for deliveries beside the running service. Each reads a bounded number of rows, so that no snapshot is
/// held for more than a few milliseconds; a test holds each to its index.
package enum InspectionSQL: String, CaseIterable, Sendable {
    /// Index page_open, covering; keyset.
    case openPages = """
        SELECT id, lane, tag FROM page WHERE state = 0 AND (lane, tag, id) > (?, ?, ?) ORDER BY lane, tag, id LIMIT ?
        """
    /// Index page_open, covering; keyset in one lane.
    case openPagesOfLane = """
        SELECT id, lane, tag FROM page WHERE state = 0 AND lane = ? AND (tag, id) > (?, ?) ORDER BY tag, id LIMIT ?
        """
    /// Index page_open, then the primary key of result; keyset.
    case openResults = """
        SELECT page.id, lane, tag, opened_at, slots FROM page CROSS JOIN result
        WHERE result.page = page.id AND state = 0 AND (lane, tag, page.id) > (?, ?, ?) ORDER BY lane, tag, page.id LIMIT ?
        """
    /// Index retry_delivery, covering; keyset.
    case retryDeliveries = "SELECT delivery, lane FROM retry WHERE delivery > ? ORDER BY delivery LIMIT ?"
    /// Primary key; keyset.
    case heldDeliveries = "SELECT delivery, lane FROM held WHERE delivery > ? ORDER BY delivery LIMIT ?"
    /// Primary key; keyset.
    case deadDeliveries = "SELECT delivery, lane FROM dead WHERE delivery > ? ORDER BY delivery LIMIT ?"
    /// Primary key; keyset.
    case headers = """
        SELECT id, event, lane, opened_at, expires_at, person_min, person_max FROM page WHERE id >= ? ORDER BY id LIMIT ?
        """
    /// Primary key.
    case header = """
        SELECT id, event, lane, opened_at, expires_at, person_min, person_max FROM page WHERE id = ?
        """
    /// Index page_event; one event's pages, or those of the events between two numbers.
    case pagesOfPerson = """
        SELECT id FROM page WHERE event >= ?1 AND event < ?2 AND person_min <= ?3 AND person_max >= ?3
        """
    /// Index page_event: which persons an event's pages are about.
    case spansOfEvent = "SELECT id, part, person_min, person_max FROM page WHERE event = ?"
    /// Primary key: the events of an hour that name somebody nobody knows.
    case eventsWithUnknown = """
        SELECT id, state, publisher, school, app, action, urgency, data_class, accepted_at, not_before, expires_at, done_at,
            subject, collapse, cursor, parts, pupils, unresolved, unknown_users, withdrawal, superseding, warnings, merged_with FROM event
        WHERE id >= ? AND id < ? AND unknown_users <> '[]'
        """
    /// Primary key.
    case newestPage = "SELECT max(id) FROM page"
    /// Primary key; keyset.
    case newerPages = "SELECT id FROM page WHERE id > ? ORDER BY id LIMIT ?"
    /// Primary keys.
    case result = "SELECT slots FROM result WHERE page = ?"
    case plan = "SELECT slots FROM plan WHERE page = ?"
    /// Index retry_delivery: the rows of one page.
    case retries = "SELECT delivery, attempts, due_at, event FROM retry WHERE delivery >= ? AND delivery < ?"
    /// Primary key: the rows of one page.
    case dead = "SELECT delivery, attempts, died_at FROM dead WHERE delivery >= ? AND delivery < ?"
    /// Primary key: the rows of one page, the last attempt of a delivery last.
    case attempts = """
        SELECT delivery, number, at, milliseconds, state, status, reason FROM attempt
        WHERE delivery >= ? AND delivery < ? ORDER BY delivery, number
        """
    /// Primary key: of one delivery.
    case attemptsOfDelivery = """
        SELECT delivery, number, at, milliseconds, state, status, reason FROM attempt WHERE delivery = ? ORDER BY number
        """
}
