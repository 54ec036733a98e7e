/// The statements of `queue.db` that read many rows at once.
package enum QueueKeyedSQL: String, CaseIterable, Sendable, KeyedStatement {
    /// Primary keys.
    case pages = """
        SELECT page.id, page.event, lane, expires_at, plan.slots, result.slots, page.part, opened_at FROM page
        LEFT JOIN plan ON plan.page = page.id LEFT JOIN result ON result.page = page.id WHERE page.id IN (?*)
        """
    /// Primary keys.
    case results = "SELECT page, slots FROM result WHERE page IN (?*)"
    /// UNIQUE index retry_delivery; rows of quiet hours only.
    case waits = """
        SELECT lane, device, delivery, event, attempts, due_at, expires_at, opens_at, carrier FROM retry
        WHERE delivery IN (?*) AND device IS NOT NULL
        """
    /// Index retry_device.
    case waitsOfDevices = """
        SELECT lane, device, delivery, event, attempts, due_at, expires_at, opens_at, carrier FROM retry WHERE device IN (?*)
        """
    /// Index retry_carrier.
    case followers = """
        SELECT lane, device, delivery, event, attempts, due_at, expires_at, opens_at, carrier FROM retry WHERE carrier IN (?*)
        """
    /// UNIQUE index retry_delivery.
    case dueTimes = "SELECT delivery, due_at FROM retry WHERE delivery IN (?*)"
    /// Primary keys.
    case endings = "SELECT id, withdrawal, superseding FROM event WHERE id IN (?*)"
    /// Primary keys. The columns of ``QueueReader/eventColumns``, then the content.
    case events = """
        SELECT id, CASE WHEN withdrawal IS NOT NULL THEN 6 WHEN standing = 1 AND state < 4 THEN 5 ELSE state END,
            publisher, school, app, action, urgency, data_class, accepted_at, not_before, expires_at, done_at, subject, collapse,
            cursor, parts, pupils, unresolved, unknown_users, withdrawal, superseding, warnings, merged_with, publication
        FROM event LEFT JOIN content ON content.event = event.id WHERE id IN (?*)
        """
}
