/// The statements of `registry.db` that read many rows at once.
package enum RegistryKeyedSQL: String, CaseIterable, Sendable, KeyedStatement {
    /// Primary keys, UNIQUE index of `preference.account`. The language: chosen, the device's, the directory's.
    case addresses = """
        SELECT device.id, owner, coalesce(account.ent_id, key, ''), target, target_hash, registered_at,
            CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END, platform, installation,
            coalesce(preference.locale, device.locale, account.locale),
            EXISTS (SELECT 1 FROM restriction WHERE restriction.person = owner), state = 2 AND reason = 'revoked'
        FROM device JOIN person ON person.id = device.owner LEFT JOIN account ON account.id = device.account
            LEFT JOIN preference ON preference.account = account.ent_id
        WHERE device.id IN (?*)
        """
    /// Index device_owner.
    case routes = """
        SELECT id, owner, provider, environment, app, host,
            CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END FROM device
        WHERE last_seen_at >= ? AND state <> 2 AND owner IN (?*)
        """
    /// Primary key.
    case firstNames = "SELECT id, first_name FROM person WHERE id IN (?*)"
    /// Index account_person, then the UNIQUE index of `preference.account`.
    case preferences = """
        SELECT account.person, preference.id, changed_at, document FROM account
        CROSS JOIN preference WHERE preference.account = account.ent_id AND account.person IN (?*)
        """
    /// Primary key.
    case restricted = "SELECT person FROM restriction WHERE person IN (?*)"
    /// Primary key.
    case standing = "SELECT id, same_as FROM person WHERE same_as IS NOT NULL AND id IN (?*)"
    /// Index membership_person; primary key of place.
    case schoolsOfPupils = """
        SELECT membership.person, place.uai FROM membership CROSS JOIN place
        WHERE place.id = membership.place AND place.kind = 0 AND membership.person IN (?*)
        """
    /// Primary key of guardianship, then that of person.
    case guardians = """
        SELECT pupil, guardian FROM guardianship CROSS JOIN person WHERE person.id = guardian AND person.kind = 2 AND pupil IN (?*)
        """
}
