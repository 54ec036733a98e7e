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
                -- What an account has chosen, by the ENT's id, whoever its person is. `timeline`: One Pocket's document as it came.
                CREATE TABLE preference(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL UNIQUE, document TEXT NOT NULL, timeline TEXT,
                    version INTEGER NOT NULL, changed_at INTEGER NOT NULL
                ) STRICT;
                """
            )
        },
    ]

    /// Where an import is collected before it is compared; lives on the writer's connection, in memory.
    static let stage = """
        DROP TABLE IF EXISTS temp.stage_place;
        DROP TABLE IF EXISTS temp.stage_person;
        DROP TABLE IF EXISTS temp.stage_membership;
        DROP TABLE IF EXISTS temp.stage_link;
        CREATE TEMP TABLE stage_place(kind INTEGER, key TEXT, school TEXT, name TEXT, uai TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_person(key TEXT PRIMARY KEY, kind INTEGER, last_name TEXT, first_name TEXT) WITHOUT ROWID;
        CREATE TEMP TABLE stage_membership(
            person TEXT, kind INTEGER, key TEXT, from_day INTEGER, to_day INTEGER, PRIMARY KEY(kind, key, person)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_link(pupil TEXT, guardian TEXT, raw TEXT, PRIMARY KEY(pupil, guardian)) WITHOUT ROWID;
        """
}
