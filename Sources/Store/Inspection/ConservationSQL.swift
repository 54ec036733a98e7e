/// The statements of the deep check. Each reads a slice in the order of a primary key, so that no snapshot is held for long.
enum ConservationSQL {
    /// Events of a slice. Primary key.
    static let events = """
        SELECT id, state, done_at, cursor, parts, EXISTS (SELECT 1 FROM content WHERE event = event.id)
        FROM event WHERE id > ? ORDER BY id LIMIT ?
        """
    /// Pages of an event with their blobs. Index page_event; the sort is over one event's pages.
    static let pages = """
        SELECT page.id, lane, part, page.count, page.state, closed_at, person_min, person_max, plan.slots, result.slots,
            EXISTS (SELECT 1 FROM lane WHERE id = page.lane)
        FROM page LEFT JOIN plan ON plan.page = page.id LEFT JOIN result ON result.page = page.id
        WHERE page.event = ? ORDER BY page.id
        """
    /// Index retry_event.
    static let retries = "SELECT delivery, lane FROM retry WHERE event = ?"
    /// Index dead_event.
    static let dead = "SELECT delivery, lane FROM dead WHERE event = ?"
    /// Index held_event.
    static let held = "SELECT delivery, lane FROM held WHERE event = ?"
    /// Primary key.
    static let concerned = "SELECT part, persons FROM concerned WHERE event = ? ORDER BY part"

    /// Rows that belong to nothing, a slice of a primary key each: `?1` the last key seen, `?2` the size of the slice. The answer is
    /// the slice's last key, its rows, and the keys of those without an owner.
    static func orphans(of table: Orphans) -> String {
        """
        WITH slice AS (SELECT \(table.key) AS k, \(table.owner) AS o FROM \(table.rawValue) WHERE \(table.key) > ?1 \
        ORDER BY \(table.key) LIMIT ?2)
        SELECT max(k), count(*), (SELECT json_group_array(k) FROM (SELECT k FROM slice WHERE NOT EXISTS \
        (SELECT 1 FROM \(table.owners) WHERE id = slice.o) LIMIT 20)) FROM slice
        """
    }

    enum Orphans: String, CaseIterable {
        case page, plan, result, concerned, content, retry, dead, held, attempt

        /// The leading column of the primary key; of `retry` that of its unique index.
        var key: String {
            switch self {
            case .page: "id"
            case .plan, .result: "page"
            case .concerned, .content: "event"
            case .retry, .dead, .held, .attempt: "delivery"
            }
        }

        var owner: String {
            switch self {
            case .page: "event"
            case .plan, .result: "page"
            case .concerned, .content: "event"
            case .retry, .dead, .held, .attempt: "delivery >> 10"
            }
        }

        var owners: String {
            switch self {
            case .page, .concerned, .content: "event"
            case .plan, .result, .retry, .dead, .held, .attempt: "page"
            }
        }
    }

    /// Events that two identities name. Only the table of identities is read, which holds a few days.
    static let sharedIdentities = "SELECT event FROM idempotency GROUP BY event HAVING count(*) > 1 LIMIT 20"
}
