/// The statements of `queue.db` that run for every event, page or tick. A test holds each to its index.
package enum QueueSQL: String, CaseIterable, Sendable {
    /// Primary key.
    case meta = "SELECT value FROM meta WHERE name = ?"
    case setMeta = "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value"
    case addMeta = "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO NOTHING"
    /// Primary key.
    case identity = "SELECT event, body, accepted_at FROM idempotency WHERE scope = ?"
    case keepIdentity = """
        INSERT INTO idempotency(scope, event, body, accepted_at) VALUES (?, ?, ?, ?)
        ON CONFLICT(scope) DO UPDATE SET event = excluded.event, body = excluded.body, accepted_at = excluded.accepted_at
        """
    /// Index page_open; primary key of event.
    case openPages = """
        SELECT page.id, event, lane, tag, count, event.urgency = 2 FROM page CROSS JOIN event
        WHERE event.id = page.event AND page.state = 0 AND lane > 0 ORDER BY lane, tag, page.id
        """
    /// Index page_open.
    case openPagesOfLane = """
        SELECT page.id, event, lane, tag, count, event.urgency = 2 FROM page CROSS JOIN event
        WHERE event.id = page.event AND page.state = 0 AND lane = ? ORDER BY tag, page.id
        """
    /// Index page_open.
    case hasOpenPage = "SELECT 1 FROM page WHERE state = 0 AND lane = ? LIMIT 1"
    /// Index event_due.
    case dueEvents = """
        SELECT id FROM event WHERE state IN (0, 1, 2) AND coalesce(not_before, accepted_at) <= ?
        ORDER BY coalesce(not_before, accepted_at), id LIMIT ?
        """
    /// Index event_words. `parts`: it was begun.
    case sayingTheSame = """
        SELECT other.id FROM event CROSS JOIN event AS other
        WHERE other.merge_key = event.merge_key AND other.id <> event.id AND event.id = ?1
            AND abs(coalesce(other.not_before, other.accepted_at) - coalesce(event.not_before, event.accepted_at)) <= ?2
            AND (other.parts > 0 OR (coalesce(other.not_before, other.accepted_at), other.id)
                < (coalesce(event.not_before, event.accepted_at), event.id))
            AND other.withdrawal IS NULL AND other.superseding IS NULL
        ORDER BY other.id LIMIT 100
        """
    /// Index page_event.
    case pagesOfPersons = "SELECT id FROM page WHERE event = ? AND person_max >= ? AND person_min <= ?"
    /// Index event_open; keyset.
    case openEvents = "SELECT id FROM event WHERE id > ? AND state IN (0, 1, 2, 3, 5) ORDER BY id LIMIT ?"
    /// Primary key.
    case dueRetries = """
        SELECT delivery, attempts, due_at, event FROM retry WHERE lane = ? AND due_at <= ? ORDER BY due_at, delivery LIMIT ?
        """
    /// Primary keys.
    case pageHeader = "SELECT event, lane, state, expires_at FROM page WHERE id = ?"
    case pageResult = "SELECT slots FROM result WHERE page = ?"
    case setPageResult = "UPDATE result SET slots = ? WHERE page = ?"
    case closePage = "UPDATE page SET state = 1, closed_at = ? WHERE id = ?"
    case quarantinePage = "UPDATE page SET state = 2 WHERE id = ?"
    /// UNIQUE index retry_delivery, primary key: the rows of one page.
    case eventsOfRetries = "SELECT event FROM retry WHERE delivery BETWEEN ? AND ?"
    case deleteRetries = "DELETE FROM retry WHERE delivery BETWEEN ? AND ?"
    case deleteHeldOfPage = "DELETE FROM held WHERE delivery BETWEEN ? AND ?"
    /// UNIQUE index retry_delivery.
    case deleteRetry = "DELETE FROM retry WHERE delivery = ?"
    case retryAttempts = "SELECT attempts FROM retry WHERE delivery = ?"
    case hastenRetry =
        "UPDATE retry SET due_at = ?, expires_at = ?, opens_at = NULL, device = NULL, carrier = NULL WHERE delivery = ?"
    case keepRetry = """
        INSERT INTO retry(lane, due_at, delivery, event, attempts, expires_at, opens_at, device, carrier)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(delivery) DO UPDATE SET lane = excluded.lane, due_at = excluded.due_at, event = excluded.event,
            attempts = excluded.attempts, expires_at = excluded.expires_at, opens_at = excluded.opens_at,
            device = excluded.device, carrier = excluded.carrier
        """
    /// Index retry_waiting; keyset.
    case waitingRetries = """
        SELECT delivery, due_at, opens_at, event FROM retry WHERE opens_at IS NOT NULL AND delivery > ? ORDER BY delivery LIMIT ?
        """
    /// Index retry_event.
    case openingsOfEvent = "SELECT delivery, opens_at FROM retry WHERE event = ? AND opens_at IS NOT NULL"
    /// UNIQUE index retry_delivery.
    case planRetry = """
        UPDATE retry SET due_at = ?, opens_at = ?, expires_at = max(expires_at, ?) WHERE delivery = ? AND opens_at IS NOT NULL
        """
    /// Primary keys.
    case prolongPage = "UPDATE page SET expires_at = max(expires_at, ?) WHERE id = ?"
    case prolongEvent = "UPDATE event SET expires_at = max(expires_at, ?) WHERE id = ?"
    case concernedOfPart = "SELECT persons FROM concerned WHERE event = ? AND part = ?"
    /// Primary keys.
    case keepHeld = """
        INSERT INTO held(delivery, lane, event, attempts) VALUES (?, ?, ?, ?)
        ON CONFLICT(delivery) DO UPDATE SET lane = excluded.lane, event = excluded.event, attempts = excluded.attempts
        """
    case keepDead = """
        INSERT INTO dead(delivery, lane, event, died_at, attempts) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT(delivery) DO UPDATE SET lane = excluded.lane, event = excluded.event, died_at = excluded.died_at,
            attempts = excluded.attempts
        """
    case keepAttempt = """
        INSERT INTO attempt(delivery, number, at, milliseconds, state, status, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(delivery, number) DO UPDATE SET at = excluded.at, milliseconds = excluded.milliseconds,
            state = excluded.state, status = excluded.status, reason = excluded.reason
        """
    case heldAttempts = "SELECT attempts FROM held WHERE delivery = ?"
    case deleteHeld = "DELETE FROM held WHERE delivery = ?"
    case deleteDead = "DELETE FROM dead WHERE delivery = ?"
    case reopenEvent = "UPDATE event SET state = 3, done_at = NULL WHERE id = ? AND state = 4"
    /// Primary key.
    case resendable = """
        SELECT standing FROM event WHERE id = ? AND state IN (3, 4) AND withdrawal IS NULL AND superseding IS NULL
        """
    case reopenForResend = """
        UPDATE event SET state = 3, done_at = NULL, expires_at = max(expires_at, ?) WHERE id = ?
        """
    /// Primary key.
    case withdrawal = "SELECT withdrawal FROM event WHERE id = ?"
    case endings = "SELECT withdrawal, superseding FROM event WHERE id = ?"
    /// Index event_subject.
    case newestRevision = """
        SELECT id, revision, collapse, state < 4 AND withdrawal IS NULL AND superseding IS NULL FROM event
        WHERE publisher = ? AND source = ? AND subject = ? ORDER BY revision DESC, id DESC LIMIT 1
        """
    /// Publishing; index event_due.
    case scheduledOfPublisher = """
        SELECT id FROM event WHERE state IN (0, 1, 2) AND coalesce(not_before, accepted_at) > ? AND state = 0
            AND publisher = ? LIMIT ?
        """
    case operationProgress =
        "UPDATE operation SET changed = changed + ?, cursor = ?, skipped = ? WHERE id = ? AND state = 'running'"
    /// Index operation_running.
    case runningOperations = "SELECT id FROM operation WHERE state = 'running' AND id > 0 ORDER BY id"
    /// Primary key.
    case auditHash = "SELECT hash FROM audit WHERE id = ?"
    /// Primary key.
    case keepCallback = "INSERT INTO callback(event, publisher, due_at) VALUES (?, ?, ?)"
    case hastenCallback = "UPDATE callback SET due_at = min(due_at, ?) WHERE event = ? AND attempts = 0"
    case delayCallback = "UPDATE callback SET attempts = ?, due_at = ? WHERE event = ?"
    case deleteCallback = "DELETE FROM callback WHERE event = ?"
    /// Index callback_due.
    case dueCallbacks = """
        SELECT event, attempts FROM callback WHERE publisher = ? AND due_at <= ? ORDER BY due_at, event LIMIT ?
        """
    /// Indexes page_event, retry_event and held_event.
    case closeEvent = """
        UPDATE event SET state = 4, done_at = ? WHERE id = ? AND state = 3
            AND NOT EXISTS (SELECT 1 FROM page WHERE event = ?2 AND state = 0)
            AND NOT EXISTS (SELECT 1 FROM retry WHERE event = ?2)
            AND NOT EXISTS (SELECT 1 FROM held WHERE event = ?2)
        """
    /// Index page_expiry.
    case expiredPages = "SELECT id, event FROM page WHERE state = 0 AND expires_at <= ? LIMIT ?"
    /// Index retry_expiry.
    case expiredRetries = "SELECT delivery, event FROM retry WHERE expires_at <= ? LIMIT ?"
    /// Primary key, indexes page_event, retry_event and held_event.
    case giveUpEvent = """
        UPDATE event SET state = 4, done_at = ?1 WHERE id = ?2 AND state IN (0, 1, 2) AND expires_at <= ?1
            AND NOT EXISTS (SELECT 1 FROM page WHERE event = ?2 AND state = 0)
            AND NOT EXISTS (SELECT 1 FROM retry WHERE event = ?2)
            AND NOT EXISTS (SELECT 1 FROM held WHERE event = ?2)
        """
    /// Index page_event; the sort is over one event's pages.
    case pagesOfEvent = "SELECT id FROM page WHERE event = ? ORDER BY id"
    /// Primary key.
    case concerned = "SELECT persons FROM concerned WHERE event = ? ORDER BY part"
    /// Primary key: ids begin with the time of acceptance. What is still open that long ago is rare, and passed over.
    case prunableEvents = """
        SELECT id FROM event WHERE id < ?1 AND state IN (4, 6)
            AND NOT EXISTS (SELECT 1 FROM page WHERE page.event = event.id AND page.state = 0)
            AND NOT EXISTS (SELECT 1 FROM retry WHERE retry.event = event.id)
        ORDER BY id LIMIT ?2
        """
    /// Primary keys.
    case keepSummary = """
        INSERT INTO summary(event, publisher, view) SELECT id, publisher, ?2 FROM event WHERE id = ?1 ON CONFLICT(event) DO NOTHING
        """
    case summary = "SELECT publisher, view FROM summary WHERE event = ?"
    case pruneSummaries =
        "DELETE FROM summary WHERE event IN (SELECT event FROM summary WHERE event < ? ORDER BY event LIMIT 2000)"
    /// Index idempotency_age.
    case pruneIdentities = """
        DELETE FROM idempotency WHERE scope IN (SELECT scope FROM idempotency WHERE accepted_at < ? LIMIT ?)
        """
}
