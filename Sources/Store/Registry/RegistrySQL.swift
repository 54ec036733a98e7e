/// The statements of `registry.db` that run for every event, delivery or registration. A test holds each to its index.
package enum RegistrySQL: String, CaseIterable, Sendable {
    /// UNIQUE index of `ent_id`.
    case personByAccount = """
        SELECT person.id, kind, key, ent_id, feed FROM account CROSS JOIN person WHERE person.id = account.person AND ent_id = ?
        """
    /// Index person_key; the oldest account by index account_person. A key of two feeds finds two; who is only named by a pupil is nobody.
    case personByKey = """
        SELECT coalesce(record.same_as, record.id), coalesce((SELECT kind FROM person WHERE person.id = record.same_as), record.kind), key,
            (SELECT ent_id FROM account WHERE account.person = coalesce(record.same_as, record.id) ORDER BY account.id LIMIT 1), feed
        FROM person record WHERE key = ?
            AND (record.kind <> 0 OR EXISTS (SELECT 1 FROM account WHERE account.person = coalesce(record.same_as, record.id)))
        ORDER BY feed LIMIT 10
        """
    /// Primary key.
    case person = """
        SELECT id, kind, key,
            (SELECT ent_id FROM account WHERE account.person = coalesce(record.same_as, record.id) ORDER BY account.id LIMIT 1), feed
        FROM person record WHERE id = ?
        """
    /// Primary key, index person_same: a person's own record first.
    case recordsOfPerson = """
        SELECT key, feed.name FROM person LEFT JOIN feed ON feed.id = person.feed
        WHERE (person.id = ?1 OR same_as = ?1) AND key IS NOT NULL ORDER BY person.id = ?1 DESC, person.id LIMIT 100
        """
    /// Index account_person.
    case accountsOfPerson = "SELECT ent_id FROM account WHERE person = ? ORDER BY id LIMIT 100"
    /// Index place_uai.
    case school = """
        SELECT id, name, activation.is_active FROM place LEFT JOIN activation ON activation.uai = place.uai
        WHERE place.uai = ? AND kind = 0
        """
    /// Index place_key: the places of this key, in all schools and feeds.
    case places = """
        SELECT place.id, school.id, school.uai FROM place CROSS JOIN place school
        WHERE school.id = place.school AND place.kind = ? AND place.key = ? LIMIT 100
        """
    /// Primary key of membership, by index membership_person.
    case isAtSchool = "SELECT 1 FROM membership WHERE place = ? AND person = ?"
    /// Primary key of membership, twice: the dates of the place and of its school both count. Keyset.
    case pupilsPresent = """
        SELECT here.person, EXISTS (SELECT 1 FROM guardianship CROSS JOIN person adult
            WHERE adult.id = guardian AND adult.kind = 2 AND guardianship.pupil = here.person)
        FROM membership here CROSS JOIN person CROSS JOIN membership school
        WHERE person.id = here.person AND person.kind = 1 AND school.place = ?2 AND school.person = here.person AND here.place = ?1
            AND here.person > ?4
            AND (here.from_day IS NULL OR here.from_day <= ?3) AND (here.to_day IS NULL OR here.to_day >= ?3)
            AND (school.from_day IS NULL OR school.from_day <= ?3) AND (school.to_day IS NULL OR school.to_day >= ?3)
        ORDER BY here.person LIMIT ?5
        """
    /// Primary key of place_guardian, keyset; then as `pupilsPresent`.
    case guardiansOfPlace = """
        SELECT tie.guardian, tie.pupil FROM place_guardian tie
        CROSS JOIN person adult CROSS JOIN person child CROSS JOIN membership here CROSS JOIN membership school
        WHERE adult.id = tie.guardian AND adult.kind = 2 AND child.id = tie.pupil AND child.kind = 1 AND here.place = ?1
            AND here.person = tie.pupil AND school.place = ?2 AND school.person = tie.pupil AND tie.place = ?1
            AND (tie.guardian, tie.pupil) > (?4, ?5)
            AND (here.from_day IS NULL OR here.from_day <= ?3) AND (here.to_day IS NULL OR here.to_day >= ?3)
            AND (school.from_day IS NULL OR school.from_day <= ?3) AND (school.to_day IS NULL OR school.to_day >= ?3)
        ORDER BY tie.guardian, tie.pupil LIMIT ?6
        """
    /// Primary key of place_guardian.
    case sizeOfPlace = "SELECT 1 FROM place_guardian WHERE place = ? LIMIT ?"
    /// Index membership_person; primary key of guardianship by index guardianship_guardian.
    case schoolsOfPerson = """
        SELECT place.uai FROM membership JOIN place ON place.id = membership.place AND place.kind = 0 WHERE membership.person = ?1
        UNION SELECT place.uai FROM guardianship JOIN membership ON membership.person = guardianship.pupil
        JOIN place ON place.id = membership.place AND place.kind = 0 WHERE guardianship.guardian = ?1
        """
    /// Primary key; keyset.
    case devicesAfter = """
        SELECT id, owner, provider, environment, app, host, CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END,
            target, installation FROM device
        WHERE id > ? ORDER BY id LIMIT ?
        """
    /// UNIQUE index of `ent_id`, index device_account.
    case tokens = """
        SELECT device.id, target, installation FROM account CROSS JOIN device
        WHERE device.account = account.id AND ent_id = ? AND provider = ? AND state <> 2 ORDER BY device.id
        """
    /// Indexes device_installation, device_target and device_fid.
    case claims = """
        SELECT id, owner, installation = ?1, target_hash = ?2, is_proven, state, account FROM device
        WHERE installation = ?1 OR target_hash = ?2 OR fid_hash = ?3 ORDER BY id
        """
    /// ?18 is the row's id: a new row has none yet.
    case insertDevice = """
        INSERT INTO device(installation, owner, provider, environment, app, platform, host, locale, timezone, app_version,
            target, target_hash, tail, state, reason, registered_at, last_seen_at, token_kind, fid_hash, is_proven, id, account)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, NULL, ?14, ?14, ?15, ?16, ?17, ?18, ?19) RETURNING id
        """
    /// Primary key.
    case updateDevice = """
        UPDATE device SET installation = ?1, owner = ?2, provider = ?3, environment = ?4, app = ?5, platform = ?6, host = ?7,
            locale = ?8, timezone = ?9, app_version = ?10, target = ?11, target_hash = ?12, tail = ?13, state = 0, reason = NULL,
            registered_at = ?14, last_seen_at = ?14, token_kind = ?15, fid_hash = ?16, is_proven = ?17, changed_at = ?14, account = ?19
        WHERE id = ?18
        RETURNING id
        """
    /// Index device_host.
    case deviceAtHost = "SELECT 1 FROM device WHERE provider = ? AND host = ? LIMIT 1"
    /// Primary key.
    case deleteDevice = "DELETE FROM device WHERE id = ?"
    /// Primary key.
    case prove = "UPDATE device SET is_proven = 1 WHERE id = ? AND target_hash = ? AND is_proven = 0"
    /// What else is registered of the phone of a device. Its primary key; then device_installation, device_target and device_fid.
    case rivals = """
        SELECT other.id FROM device CROSS JOIN device other
        WHERE device.id = ?1 AND other.id <> device.id AND (other.installation = device.installation
            OR other.target_hash = device.target_hash OR other.fid_hash = device.fid_hash)
        """
    /// Primary key: a part of the devices, for the keys they are sealed with.
    case sealedAfter = "SELECT id, installation, target FROM device WHERE id > ? ORDER BY id LIMIT ?"
    /// Primary key.
    case reseal = "UPDATE device SET target = ? WHERE id = ?"
    /// Index device_account. The one just registered stays even when the clock went back.
    case deleteStalest = """
        DELETE FROM device WHERE account = ?1 AND id NOT IN (
            SELECT id FROM device WHERE account = ?1 ORDER BY id = ?3 DESC, last_seen_at DESC, id DESC LIMIT ?2)
        RETURNING id
        """
    /// UNIQUE indexes.
    case deleteInstallation = """
        DELETE FROM device WHERE installation = ? AND account IN (SELECT id FROM account WHERE ent_id = ?) RETURNING id
        """
    case deleteTarget =
        "DELETE FROM device WHERE target_hash = ? AND account IN (SELECT id FROM account WHERE ent_id = ?) RETURNING id"
    /// UNIQUE index of `account`.
    case preference = "SELECT id, document, timeline, version FROM preference WHERE account = ?"
    case keepPreference = """
        INSERT INTO preference(account, document, timeline, locale, version, changed_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT(account) DO UPDATE SET document = excluded.document, timeline = excluded.timeline,
            locale = excluded.locale, version = excluded.version, changed_at = excluded.changed_at
        """
    case deletePreference = "DELETE FROM preference WHERE account = ?"
    /// Index membership_person; primary key of place.
    case placesOfPupil = """
        SELECT place.kind, place.key, place.uai FROM membership CROSS JOIN place
        WHERE place.id = membership.place AND membership.person = ?1 AND (from_day IS NULL OR from_day <= ?2)
            AND (to_day IS NULL OR to_day >= ?2)
        """
    /// Index device_ill.
    case illDevices = "SELECT id, state FROM device WHERE state <> 0 AND state = ? AND changed_at < ? LIMIT ?"
    /// Index device_seen.
    case longUnseen = "SELECT id FROM device WHERE last_seen_at < ? LIMIT ?"
    /// Index device_history_lane.
    case changedByLane = """
        SELECT device, state, max(at), reason FROM device_history WHERE lane = ? AND at >= ? AND state IN (1, 2) GROUP BY device
        """
    /// Index device_history_device.
    case deviceHistory = """
        SELECT at, state, lane, reason FROM device_history WHERE device = ? ORDER BY id DESC LIMIT ?
        """
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
