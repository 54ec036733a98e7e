/// The statements of `registry.db` that read many rows at once.
package enum RegistryKeyedSQL: String, CaseIterable, Sendable, KeyedStatement {
    /// Primary keys.
    case addresses = """
        SELECT device.id, owner, coalesce(account.ent_id, key, ''), target, target_hash, registered_at,
            CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END, platform, installation
        FROM device JOIN person ON person.id = device.owner LEFT JOIN account ON account.id = device.account
        WHERE device.id IN (?*)
        """
    /// Index device_owner.
    case routes = """
        SELECT id, owner, provider, environment, app, host,
            CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END FROM device
        WHERE last_seen_at >= ? AND state <> 2 AND owner IN (?*)
        """
    /// Primary key of guardianship, then that of person.
    case guardians = """
        SELECT pupil, guardian FROM guardianship CROSS JOIN person ON person.id = guardian AND person.kind = 2 WHERE pupil IN (?*)
        """
}
