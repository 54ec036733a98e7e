/// The statements of `registry.db` that run for every event, delivery or registration. A test holds each to its index.
package enum RegistrySQL: String, CaseIterable, Sendable {
    /// UNIQUE index of `ent_id`.
    case personByAccount = "SELECT id, kind, key, ent_id FROM person WHERE ent_id = ?"
    /// UNIQUE index of `key`.
    case personByKey = "SELECT id, kind, key, ent_id FROM person WHERE key = ?"
    /// Primary key.
    case person = "SELECT id, kind, key, ent_id FROM person WHERE id = ?"
    /// UNIQUE indexes of `place`.
    case school = """
        SELECT id, name, activation.is_active FROM place LEFT JOIN activation ON activation.uai = place.uai
        WHERE place.uai = ? AND kind = 0
        """
    case schoolKey = "SELECT key FROM place WHERE uai = ? AND kind = 0"
    case place = "SELECT id FROM place WHERE kind = ? AND key = ?"
    case placeWithSchool = """
        SELECT place.id, school.id, school.uai FROM place JOIN place school ON school.id = coalesce(place.school, place.id)
        WHERE place.kind = ? AND place.key = ?
        """
    /// Primary key of membership, twice: the dates of the place and of its school both count.
    case pupilsPresent = """
        SELECT here.person FROM membership here CROSS JOIN person ON person.id = here.person AND person.kind = 1
        CROSS JOIN membership school ON school.place = ?2 AND school.person = here.person
        WHERE here.place = ?1 AND (here.from_day IS NULL OR here.from_day <= ?3) AND (here.to_day IS NULL OR here.to_day >= ?3)
            AND (school.from_day IS NULL OR school.from_day <= ?3) AND (school.to_day IS NULL OR school.to_day >= ?3)
        """
    /// Primary key of guardianship, for many pupils (a JSON array of ids) at once.
    case guardians = """
        SELECT pupil, guardian FROM json_each(?) CROSS JOIN guardianship ON pupil = value
        CROSS JOIN person ON person.id = guardian AND person.kind = 2
        """
    /// Index membership_person; primary key of guardianship by index guardianship_guardian.
    case schoolsOfPerson = """
        SELECT place.uai FROM membership JOIN place ON place.id = membership.place AND place.kind = 0 WHERE membership.person = ?1
        UNION SELECT place.uai FROM guardianship JOIN membership ON membership.person = guardianship.pupil
        JOIN place ON place.id = membership.place AND place.kind = 0 WHERE guardianship.guardian = ?1
        """
    /// Index device_owner.
    case routes =
        "SELECT id, provider, environment, app, host, state FROM device WHERE owner = ? AND state <> 2 AND last_seen_at >= ? ORDER BY id"
    /// Primary keys.
    case address = """
        SELECT owner, coalesce(ent_id, key, ''), target, target_hash, registered_at, state, platform
        FROM device JOIN person ON person.id = device.owner WHERE device.id = ?
        """
    /// Index device_owner.
    case tokens = "SELECT target FROM device WHERE owner = ? AND provider = 1 AND state <> 2 ORDER BY id"
    /// UNIQUE index of `installation`.
    case ownerOfInstallation = "SELECT id, owner, state FROM device WHERE installation = ?"
    /// UNIQUE index of `target_hash`.
    case deleteOtherOfTarget = "DELETE FROM device WHERE target_hash = ? AND installation <> ?"
    /// Index device_fid.
    case deleteOtherOfFirebase = "DELETE FROM device WHERE fid_hash = ? AND installation <> ?"
    /// Index device_owner. The one just registered stays even when the clock went back.
    case deleteStalest = """
        DELETE FROM device WHERE owner = ?1 AND id NOT IN (
            SELECT id FROM device WHERE owner = ?1 ORDER BY installation = ?3 DESC, last_seen_at DESC, id DESC LIMIT ?2)
        """
    /// UNIQUE indexes.
    case deleteInstallation = """
        DELETE FROM device WHERE installation = ? AND owner IN (SELECT id FROM person WHERE ent_id = ?)
        """
    case deleteTarget = "DELETE FROM device WHERE target_hash = ? AND owner IN (SELECT id FROM person WHERE ent_id = ?)"
    /// Index device_ill.
    case illDevices = "SELECT id, state FROM device WHERE state <> 0 AND state = ? AND changed_at < ? LIMIT ?"
    /// Index device_seen.
    case longUnseen = "SELECT id FROM device WHERE last_seen_at < ? LIMIT ?"
    /// Index device_history_lane.
    case changedByLane = """
        SELECT device, state, max(at), reason FROM device_history WHERE lane = ? AND at >= ? AND state IN (1, 2) GROUP BY device
        """
    /// Index device_history_device.
    case deviceHistory = "SELECT at, state, lane, reason FROM device_history WHERE device = ? ORDER BY id"
    /// Index device_history_age.
    case pruneHistory = """
        DELETE FROM device_history WHERE id IN (SELECT id FROM device_history WHERE at < ? ORDER BY at LIMIT ?)
        """
    /// Primary key.
    case holdFault = """
        INSERT INTO held_fault(lane, device, target_hash, state, since, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(lane, device) DO UPDATE SET target_hash = excluded.target_hash, state = excluded.state,
            since = excluded.since, at = excluded.at, reason = excluded.reason
        """
}
