import Database
import SQLite

/// The tables of `registry.db`: who belongs to whom, and which device rings for whom. Days are days since 1970, times milliseconds.
enum RegistrySchema {
    static let migrations: [Migration] = [
        Migration(1) { connection in
            try connection.execute(
                """
                CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

                -- kind: 0 school, 1 class, 2 group. `school` is the place of the school (its own row for a school).
                CREATE TABLE place(
                    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL CHECK(kind IN (0, 1, 2)), key TEXT NOT NULL, school INTEGER,
                    name TEXT NOT NULL, uai TEXT, feed INTEGER NOT NULL, is_active INTEGER, UNIQUE(kind, key)
                ) STRICT;
                CREATE UNIQUE INDEX place_uai ON place(uai) WHERE uai IS NOT NULL;

                -- kind: 0 unknown to the directory, 1 pupil, 2 guardian, 3 staff. A person who left the feed keeps the row (kind 0)
                -- while an account or a device hangs on it.
                CREATE TABLE person(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 3), key TEXT UNIQUE,
                    ent_id TEXT UNIQUE, last_name TEXT NOT NULL DEFAULT '', first_name TEXT NOT NULL DEFAULT '',
                    profile INTEGER, locale TEXT, feed INTEGER NOT NULL DEFAULT 0
                ) STRICT;

                -- Presence of a pupil (or membership of staff) in a place; both days included, NULL is open-ended.
                CREATE TABLE membership(
                    person INTEGER NOT NULL, place INTEGER NOT NULL, from_day INTEGER, to_day INTEGER, PRIMARY KEY(place, person)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX membership_person ON membership(person, place);

                CREATE TABLE guardianship(
                    pupil INTEGER NOT NULL, guardian INTEGER NOT NULL, raw TEXT NOT NULL DEFAULT '', since INTEGER NOT NULL,
                    PRIMARY KEY(pupil, guardian)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX guardianship_guardian ON guardianship(guardian, pupil);

                -- state: 0 active, 1 suspect, 2 disabled
                CREATE TABLE device(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, installation TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL REFERENCES person(id),
                    provider INTEGER NOT NULL, environment INTEGER NOT NULL, app TEXT NOT NULL, platform TEXT NOT NULL, host TEXT,
                    token_kind TEXT NOT NULL, locale TEXT, timezone TEXT, app_version TEXT, target BLOB NOT NULL, target_hash BLOB NOT NULL UNIQUE,
                    tail TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 2), reason TEXT,
                    registered_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX device_owner ON device(owner, last_seen_at);

                -- One row an import; `report` is the JSON of the answer.
                CREATE TABLE import(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, format TEXT NOT NULL, state TEXT NOT NULL, report TEXT NOT NULL
                ) STRICT;
                """
            )
        },
        Migration(2) { connection in
            try connection.execute(
                """
                -- fid_hash: keyed hash of the Firebase installation a token or id belongs to; one replaces the other.
                ALTER TABLE device ADD COLUMN fid_hash BLOB;
                -- When the state became what it is; 0: at registration.
                ALTER TABLE device ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
                UPDATE device SET changed_at = last_seen_at WHERE state <> 0;
                CREATE INDEX device_fid ON device(fid_hash) WHERE fid_hash IS NOT NULL;
                CREATE INDEX device_seen ON device(last_seen_at);
                CREATE INDEX device_ill ON device(state, changed_at) WHERE state <> 0;

                -- What became of a device and why; state 3: deleted. `lane` is the one whose answer proved it, NULL for the rest.
                CREATE TABLE device_history(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT NULL, at INTEGER NOT NULL,
                    state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 3), lane TEXT, reason TEXT NOT NULL
                ) STRICT;
                CREATE INDEX device_history_device ON device_history(device, id);
                CREATE INDEX device_history_lane ON device_history(lane, at) WHERE lane IS NOT NULL;
                CREATE INDEX device_history_age ON device_history(at);

                -- Lanes whose removals are frozen (mass guard), and the proofs that wait for a person's word.
                CREATE TABLE freeze(lane TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
                CREATE TABLE held_fault(
                    lane TEXT NOT NULL, device INTEGER NOT NULL, target_hash BLOB NOT NULL, state INTEGER NOT NULL CHECK(state IN (1, 2)),
                    since INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(lane, device)
                ) STRICT, WITHOUT ROWID;
                """
            )
        },
        Migration(3) { connection in
            try connection.execute(
                """
                -- Schools a person has switched. By UAI and apart from `place`: the word outlives a school's leaving the feed.
                CREATE TABLE activation(
                    uai TEXT PRIMARY KEY, is_active INTEGER NOT NULL CHECK(is_active IN (0, 1)), at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                INSERT INTO activation SELECT uai, is_active <> 0, 0 FROM place
                    WHERE kind = 0 AND uai IS NOT NULL AND is_active IS NOT NULL;

                -- Who imported what, and what a person decided about a held import. state, too: replaced, lapsed.
                -- kept: name of the delivery in the folder `held`; NULL when it is not there (any more).
                ALTER TABLE import ADD COLUMN mode TEXT NOT NULL DEFAULT '';
                ALTER TABLE import ADD COLUMN actor TEXT NOT NULL DEFAULT '';
                ALTER TABLE import ADD COLUMN source TEXT NOT NULL DEFAULT '';
                ALTER TABLE import ADD COLUMN kept TEXT;
                ALTER TABLE import ADD COLUMN decided_at INTEGER;
                ALTER TABLE import ADD COLUMN decided_by TEXT;
                CREATE INDEX import_kept ON import(id) WHERE kept IS NOT NULL;
                CREATE INDEX import_applied ON import(format, id) WHERE state = 'applied';
                """
            )
        },
        Migration(4) { connection in
            try connection.execute(
                """
                -- Two accounts may name one installation while the newcomer is unproven, so it is unique in an account only.
                -- A table of its own since SQLite cannot drop a constraint; ids are never used twice, so its counter comes along.
                CREATE TABLE device_4(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, installation TEXT NOT NULL, owner INTEGER NOT NULL REFERENCES person(id),
                    provider INTEGER NOT NULL, environment INTEGER NOT NULL, app TEXT NOT NULL, platform TEXT NOT NULL, host TEXT,
                    token_kind TEXT NOT NULL, locale TEXT, timezone TEXT, app_version TEXT, target BLOB NOT NULL, target_hash BLOB NOT NULL,
                    tail TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 2), reason TEXT,
                    registered_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, fid_hash BLOB, changed_at INTEGER NOT NULL DEFAULT 0,
                    is_proven INTEGER NOT NULL DEFAULT 1 CHECK(is_proven IN (0, 1))
                ) STRICT;
                INSERT INTO device_4(id, installation, owner, provider, environment, app, platform, host, token_kind, locale, timezone,
                        app_version, target, target_hash, tail, state, reason, registered_at, last_seen_at, fid_hash, changed_at)
                    SELECT id, installation, owner, provider, environment, app, platform, host, token_kind, locale, timezone,
                        app_version, target, target_hash, tail, state, reason, registered_at, last_seen_at, fid_hash, changed_at FROM device;
                DELETE FROM sqlite_sequence WHERE name = 'device_4';
                INSERT INTO sqlite_sequence(name, seq) SELECT 'device_4', seq FROM sqlite_sequence WHERE name = 'device';
                DROP TABLE device;
                ALTER TABLE device_4 RENAME TO device;
                CREATE UNIQUE INDEX device_installation ON device(installation, owner);
                CREATE UNIQUE INDEX device_target ON device(target_hash);
                CREATE INDEX device_owner ON device(owner, last_seen_at);
                CREATE INDEX device_fid ON device(fid_hash) WHERE fid_hash IS NOT NULL;
                CREATE INDEX device_seen ON device(last_seen_at);
                CREATE INDEX device_ill ON device(state, changed_at) WHERE state <> 0;

                -- The code of a school is compared in capitals.
                UPDATE OR IGNORE place SET uai = upper(uai) WHERE uai <> upper(uai);
                UPDATE OR IGNORE activation SET uai = upper(uai) WHERE uai <> upper(uai);
                """
            )
        },
        Migration(5) { connection in
            try connection.execute(
                """
                -- Named sources of the directory: a key of a person or place is unique in its feed only. What was there is of `main`.
                CREATE TABLE feed(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
                INSERT INTO feed(id, name) VALUES (1, 'main');

                -- kind: 0 school, 1 class, 2 group. school_key: of the school (of a school its own); school: its row.
                -- import: the one that brought it.
                CREATE TABLE place_5(
                    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL CHECK(kind IN (0, 1, 2)), feed INTEGER NOT NULL,
                    school_key TEXT NOT NULL, key TEXT NOT NULL, school INTEGER, name TEXT NOT NULL, uai TEXT, import INTEGER
                ) STRICT;
                INSERT INTO place_5(id, kind, feed, school_key, key, school, name, uai)
                    SELECT place.id, place.kind, 1, CASE WHEN place.kind = 0 THEN place.key ELSE coalesce(school.key, '') END,
                        place.key, CASE WHEN place.kind = 0 THEN place.id ELSE place.school END, place.name, place.uai
                    FROM place LEFT JOIN place school ON school.id = place.school;
                DROP TABLE place;
                ALTER TABLE place_5 RENAME TO place;
                CREATE UNIQUE INDEX place_key ON place(kind, key, feed, school_key);
                CREATE UNIQUE INDEX place_uai ON place(uai) WHERE uai IS NOT NULL;
                CREATE INDEX place_school ON place(school);

                -- kind: 0 not in the directory: known to devices or the ENT only, named by a pupil before his or her record came, or gone.
                CREATE TABLE person_5(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 3),
                    feed INTEGER NOT NULL DEFAULT 0, key TEXT, last_name TEXT NOT NULL DEFAULT '', first_name TEXT NOT NULL DEFAULT '',
                    import INTEGER
                ) STRICT;
                INSERT INTO person_5(id, kind, feed, key, last_name, first_name)
                    SELECT id, kind, CASE WHEN key IS NULL THEN 0 ELSE 1 END, key, last_name, first_name FROM person;

                -- Accounts of the ENT: several may be one person's. Devices belong to the account that registered them.
                CREATE TABLE account(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, ent_id TEXT NOT NULL UNIQUE, person INTEGER NOT NULL REFERENCES person_5(id),
                    profile INTEGER, locale TEXT
                ) STRICT;
                INSERT INTO account(ent_id, person, profile, locale)
                    SELECT ent_id, id, profile, locale FROM person WHERE ent_id IS NOT NULL ORDER BY id;
                CREATE INDEX account_person ON account(person);

                -- account: NULL where the owner has none any more. owner: the person of the account, for the fan-out.
                CREATE TABLE device_5(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, installation TEXT NOT NULL, account INTEGER REFERENCES account(id),
                    owner INTEGER NOT NULL REFERENCES person_5(id),
                    provider INTEGER NOT NULL, environment INTEGER NOT NULL, app TEXT NOT NULL, platform TEXT NOT NULL, host TEXT,
                    token_kind TEXT NOT NULL, locale TEXT, timezone TEXT, app_version TEXT, target BLOB NOT NULL, target_hash BLOB NOT NULL,
                    tail TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 2), reason TEXT,
                    registered_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, fid_hash BLOB, changed_at INTEGER NOT NULL DEFAULT 0,
                    is_proven INTEGER NOT NULL DEFAULT 1 CHECK(is_proven IN (0, 1))
                ) STRICT;
                INSERT INTO device_5(id, installation, account, owner, provider, environment, app, platform, host, token_kind, locale,
                        timezone, app_version, target, target_hash, tail, state, reason, registered_at, last_seen_at, fid_hash,
                        changed_at, is_proven)
                    SELECT device.id, installation, account.id, owner, provider, environment, app, platform, host, token_kind,
                        device.locale, timezone, app_version, target, target_hash, tail, state, reason, registered_at, last_seen_at,
                        fid_hash, changed_at, is_proven
                    FROM device LEFT JOIN account ON account.person = device.owner;
                DELETE FROM sqlite_sequence WHERE name IN ('device_5', 'person_5');
                INSERT INTO sqlite_sequence(name, seq) SELECT name || '_5', seq FROM sqlite_sequence WHERE name IN ('device', 'person');
                DROP TABLE device;
                DROP TABLE person;
                ALTER TABLE person_5 RENAME TO person;
                ALTER TABLE device_5 RENAME TO device;
                CREATE UNIQUE INDEX person_key ON person(key, feed) WHERE key IS NOT NULL;
                CREATE UNIQUE INDEX device_installation ON device(installation, account);
                CREATE UNIQUE INDEX device_target ON device(target_hash);
                CREATE INDEX device_owner ON device(owner, last_seen_at);
                CREATE INDEX device_account ON device(account, last_seen_at);
                CREATE INDEX device_fid ON device(fid_hash) WHERE fid_hash IS NOT NULL;
                CREATE INDEX device_seen ON device(last_seen_at);
                CREATE INDEX device_ill ON device(state, changed_at) WHERE state <> 0;

                -- The import that last said so.
                ALTER TABLE membership ADD COLUMN import INTEGER;
                ALTER TABLE guardianship ADD COLUMN import INTEGER;

                ALTER TABLE import ADD COLUMN feed TEXT NOT NULL DEFAULT 'main';
                DROP INDEX import_applied;
                CREATE INDEX import_applied ON import(feed, id) WHERE state = 'applied';
                -- What an applied import changed, record by record: kind as in DirectoryChange, action 0 added, 1 changed, 2 removed. Of
                -- an import that changed more than Limits allow there are no rows.
                CREATE TABLE import_change(
                    import INTEGER NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL, other TEXT NOT NULL, action INTEGER NOT NULL,
                    school TEXT NOT NULL, PRIMARY KEY(import, kind, key, other, school, action)
                ) STRICT, WITHOUT ROWID;
                """
            )
        },
        Migration(6) { connection in
            // Whether a push service that addresses name is needed at all.
            try connection.execute("CREATE INDEX device_host ON device(provider, host) WHERE host IS NOT NULL")
        },
        Migration(7) { connection in
            try connection.execute(
                """
                -- What an account has chosen, by the ENT's id, whoever its person is. `timeline`: One Pocket's document as it came; `locale`: that of
                -- the document, for those who load messages.
                CREATE TABLE preference(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL UNIQUE, document TEXT NOT NULL, timeline TEXT,
                    locale TEXT, version INTEGER NOT NULL, changed_at INTEGER NOT NULL
                ) STRICT;
                """
            )
        },
        Migration(8) { connection in
            // Persons whose data is kept and used for nothing [GDPR art. 18]; the row of the person stays as long.
            try connection.execute("CREATE TABLE restriction(person INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT")
        },
        Migration(9) { connection in
            try connection.execute(
                """
                -- membership and guardianship joined, in the order in which an audience is read: the guardians of a place by number. Kept by the
                -- triggers alone.
                CREATE TABLE place_guardian(
                    place INTEGER NOT NULL, guardian INTEGER NOT NULL, pupil INTEGER NOT NULL, PRIMARY KEY(place, guardian, pupil)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO place_guardian(place, guardian, pupil)
                    SELECT place, guardian, pupil FROM membership JOIN guardianship ON pupil = person ORDER BY place, guardian, pupil;
                CREATE TRIGGER membership_added AFTER INSERT ON membership BEGIN
                    INSERT INTO place_guardian(place, guardian, pupil)
                        SELECT new.place, guardian, pupil FROM guardianship WHERE pupil = new.person ON CONFLICT DO NOTHING;
                END;
                CREATE TRIGGER membership_removed AFTER DELETE ON membership BEGIN
                    DELETE FROM place_guardian WHERE (place, guardian, pupil) IN (
                        SELECT old.place, guardian, pupil FROM guardianship WHERE pupil = old.person);
                END;
                CREATE TRIGGER membership_moved AFTER UPDATE OF place, person ON membership BEGIN
                    DELETE FROM place_guardian WHERE (place, guardian, pupil) IN (
                        SELECT old.place, guardian, pupil FROM guardianship WHERE pupil = old.person);
                    INSERT INTO place_guardian(place, guardian, pupil)
                        SELECT new.place, guardian, pupil FROM guardianship WHERE pupil = new.person ON CONFLICT DO NOTHING;
                END;
                CREATE TRIGGER guardianship_added AFTER INSERT ON guardianship BEGIN
                    INSERT INTO place_guardian(place, guardian, pupil)
                        SELECT place, new.guardian, new.pupil FROM membership WHERE person = new.pupil ON CONFLICT DO NOTHING;
                END;
                CREATE TRIGGER guardianship_removed AFTER DELETE ON guardianship BEGIN
                    DELETE FROM place_guardian WHERE (place, guardian, pupil) IN (
                        SELECT place, old.guardian, old.pupil FROM membership WHERE person = old.pupil);
                END;
                CREATE TRIGGER guardianship_moved AFTER UPDATE OF pupil, guardian ON guardianship BEGIN
                    DELETE FROM place_guardian WHERE (place, guardian, pupil) IN (
                        SELECT place, old.guardian, old.pupil FROM membership WHERE person = old.pupil);
                    INSERT INTO place_guardian(place, guardian, pupil)
                        SELECT place, new.guardian, new.pupil FROM membership WHERE person = new.pupil ON CONFLICT DO NOTHING;
                END;
                """
            )
        },
        Migration(10) { connection in
            try connection.execute(
                """
                -- Records of several feeds that are one person. same_as: the row that stands for the person, is rung and has the accounts; NULL: itself.
                ALTER TABLE person ADD COLUMN same_as INTEGER;
                CREATE INDEX person_same ON person(same_as) WHERE same_as IS NOT NULL;

                -- record: the row of the adult whom the pupil names; guardian: the row of the person who is rung for it.
                ALTER TABLE guardianship ADD COLUMN record INTEGER NOT NULL DEFAULT 0;
                UPDATE guardianship SET record = guardian;
                CREATE INDEX guardianship_record ON guardianship(record, pupil);

                -- Which records the ENT says an account is; `account.person`, `same_as` and `guardian` follow from it (RecordUnion).
                CREATE TABLE account_record(
                    account INTEGER NOT NULL REFERENCES account(id), record INTEGER NOT NULL, PRIMARY KEY(record, account)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX account_record_account ON account_record(account, record);
                INSERT INTO account_record(account, record)
                    SELECT account.id, person.id FROM account JOIN person ON person.id = account.person WHERE person.key IS NOT NULL;
                """
            )
        },
        Migration(11) { connection in
            let columns = "provider, environment, app, host, standing"
            func key(_ row: String) -> String {
                """
                \(row).provider, \(row).environment, \(row).app, coalesce(\(row).host, ''),
                CASE WHEN \(row).state = 0 AND \(row).is_proven = 0 THEN 4 ELSE \(row).state END
                """
            }
            let insert = "INSERT INTO device_count(\(columns), count)"
            let more = "ON CONFLICT(\(columns)) DO UPDATE SET count = count + 1"
            let less = """
                UPDATE device_count SET count = count - 1 WHERE (\(columns)) = (\(key("old")));
                DELETE FROM device_count WHERE count = 0 AND (\(columns)) = (\(key("old")));
                """
            try connection.execute(
                """
                -- Devices by what chooses their lane and by how they stand, so that nobody counts them all. host: '' for none; standing: the state, or 4
                -- while unproven. Kept by the triggers alone.
                CREATE TABLE device_count(
                    provider INTEGER NOT NULL, environment INTEGER NOT NULL, app TEXT NOT NULL, host TEXT NOT NULL, standing INTEGER NOT NULL,
                    count INTEGER NOT NULL, PRIMARY KEY(provider, environment, app, host, standing)
                ) STRICT, WITHOUT ROWID;
                \(insert) SELECT \(key("device")), 1 FROM device WHERE true \(more);
                CREATE TRIGGER device_added AFTER INSERT ON device BEGIN
                    \(insert) VALUES (\(key("new")), 1) \(more);
                END;
                CREATE TRIGGER device_removed AFTER DELETE ON device BEGIN
                    \(less)
                END;
                CREATE TRIGGER device_changed AFTER UPDATE OF provider, environment, app, host, state, is_proven ON device BEGIN
                    \(less)
                    \(insert) VALUES (\(key("new")), 1) \(more);
                END;
                """
            )
        },
        Migration(12) { connection in
            try connection.execute(
                """
                -- Columns in the order of the key: in a table without rowid that is all key, quick_check of SQLite 3.40 looks for each column at the
                -- place of another, and doctor called sound stores damaged.
                CREATE TABLE account_record_12(
                    record INTEGER NOT NULL, account INTEGER NOT NULL REFERENCES account(id), PRIMARY KEY(record, account)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO account_record_12(record, account) SELECT record, account FROM account_record;
                DROP TABLE account_record;
                ALTER TABLE account_record_12 RENAME TO account_record;
                CREATE INDEX account_record_account ON account_record(account, record);

                CREATE TABLE import_change_12(
                    import INTEGER NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL, other TEXT NOT NULL, action INTEGER NOT NULL,
                    school TEXT NOT NULL, PRIMARY KEY(import, kind, key, other, action, school)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO import_change_12(import, kind, key, other, action, school)
                    SELECT import, kind, key, other, action, school FROM import_change;
                DROP TABLE import_change;
                ALTER TABLE import_change_12 RENAME TO import_change;
                """
            )
        },
    ]

    /// Tables that triggers fill from others: nothing else writes them, and what is copied row by row leaves them out.
    static let derivedTables: Set<String> = ["place_guardian", "device_count"]
}
