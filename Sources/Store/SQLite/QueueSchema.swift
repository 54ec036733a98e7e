import Database
import SQLite

/// The tables of `queue.db`. Times are milliseconds since 1970; ids are never reused. Append-only: a released step never changes.
enum QueueSchema {
    static let migrations: [Migration] = [
        Migration(1) { connection in
            try connection.execute(
                """
                -- epoch, installation key, clock high water
                CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

                -- One provider credential and environment. mode: 0 active, 1 paused, 2 draining (operator's orders);
                -- condition and its reason are what the dispatcher last saw, for readers beside the service.
                CREATE TABLE lane(
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, provider INTEGER NOT NULL,
                    mode INTEGER NOT NULL DEFAULT 0 CHECK(mode IN (0, 1, 2)), actor TEXT, why TEXT, until INTEGER,
                    condition TEXT NOT NULL DEFAULT 'active', condition_reason TEXT NOT NULL DEFAULT '',
                    changed_at INTEGER NOT NULL, virtual_time INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                INSERT INTO lane(id, name, provider, changed_at) VALUES (0, 'nowhere', 0, 0);

                -- state: 0 scheduled, 1 accepted, 2 expanding, 3 sending, 4 done, 5 held, 6 withdrawn
                CREATE TABLE event(
                    id INTEGER PRIMARY KEY, state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 6),
                    publisher TEXT NOT NULL, school TEXT, app TEXT NOT NULL, action TEXT NOT NULL,
                    urgency INTEGER NOT NULL CHECK(urgency BETWEEN 0 AND 2), data_class INTEGER NOT NULL,
                    accepted_at INTEGER NOT NULL, not_before INTEGER, expires_at INTEGER NOT NULL, done_at INTEGER,
                    source TEXT, subject TEXT, revision INTEGER NOT NULL DEFAULT 0,
                    collapse INTEGER NOT NULL,           -- the event whose id is the collapse key
                    cursor INTEGER NOT NULL DEFAULT -1,  -- the last person whose pages exist
                    parts INTEGER NOT NULL DEFAULT 0, pupils INTEGER NOT NULL DEFAULT 0, unresolved TEXT NOT NULL DEFAULT '[]',
                    unknown_users TEXT NOT NULL DEFAULT '[]'
                ) STRICT;
                CREATE INDEX event_due ON event(coalesce(not_before, accepted_at), id) WHERE state IN (0, 1, 2);
                CREATE INDEX event_open ON event(id) WHERE state IN (0, 1, 2, 3, 5);

                CREATE TABLE content(event INTEGER PRIMARY KEY, publication BLOB NOT NULL) STRICT;

                -- scope: SHA-256 of publisher, kind of identity and identity
                CREATE TABLE idempotency(
                    scope BLOB PRIMARY KEY CHECK(length(scope) = 32), event INTEGER NOT NULL,
                    body BLOB NOT NULL CHECK(length(body) = 32), accepted_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX idempotency_age ON idempotency(accepted_at);

                -- state: 0 open (a slot is pending), 1 closed, 2 in quarantine: its result cannot be read
                CREATE TABLE page(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL, lane INTEGER NOT NULL, part INTEGER NOT NULL,
                    tag INTEGER NOT NULL, count INTEGER NOT NULL CHECK(count BETWEEN 1 AND 1000),
                    state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 2), expires_at INTEGER NOT NULL,
                    person_min INTEGER NOT NULL, person_max INTEGER NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER
                ) STRICT;
                CREATE INDEX page_open ON page(lane, tag, id) WHERE state = 0;
                CREATE INDEX page_expiry ON page(expires_at) WHERE state = 0;
                CREATE INDEX page_event ON page(event, state);

                CREATE TABLE plan(page INTEGER PRIMARY KEY, slots BLOB NOT NULL) STRICT;
                -- Two bytes a slot, zero at expansion, overwritten in place: recording an outcome needs no new page of the file.
                CREATE TABLE result(page INTEGER PRIMARY KEY, slots BLOB NOT NULL) STRICT;
                CREATE TABLE concerned(event INTEGER NOT NULL, part INTEGER NOT NULL, persons BLOB NOT NULL, PRIMARY KEY(event, part))
                    STRICT, WITHOUT ROWID;

                -- Rows only for the exceptions.
                CREATE TABLE retry(
                    lane INTEGER NOT NULL, due_at INTEGER NOT NULL, delivery INTEGER NOT NULL, event INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY(lane, due_at, delivery)
                ) STRICT, WITHOUT ROWID;
                CREATE UNIQUE INDEX retry_delivery ON retry(delivery);
                CREATE INDEX retry_event ON retry(event);
                CREATE INDEX retry_expiry ON retry(expires_at);
                CREATE TABLE attempt(
                    delivery INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, milliseconds INTEGER NOT NULL,
                    state INTEGER NOT NULL, status INTEGER NOT NULL, reason TEXT NOT NULL CHECK(length(reason) <= 200),
                    PRIMARY KEY(delivery, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE dead(
                    delivery INTEGER PRIMARY KEY, lane INTEGER NOT NULL, event INTEGER NOT NULL, person INTEGER NOT NULL,
                    device INTEGER NOT NULL, died_at INTEGER NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX dead_lane ON dead(lane, died_at);
                CREATE INDEX dead_event ON dead(event);

                CREATE TABLE operation(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, verb TEXT NOT NULL,
                    filter TEXT NOT NULL, matched INTEGER NOT NULL, changed INTEGER NOT NULL, why TEXT NOT NULL
                ) STRICT;
                """
            )
        },
        Migration(2) { connection in
            try connection.execute(
                """
                -- An order about a whole event also binds the pages that are still to be made: 0 none, 1 hold, 2 drop, 3 expire.
                ALTER TABLE event ADD COLUMN standing INTEGER NOT NULL DEFAULT 0 CHECK(standing BETWEEN 0 AND 3);

                -- Deliveries an operator holds; their slots say `held`.
                CREATE TABLE held(
                    delivery INTEGER PRIMARY KEY, lane INTEGER NOT NULL, event INTEGER NOT NULL, attempts INTEGER NOT NULL,
                    held_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX held_event ON held(event);

                -- Progress of a bulk order: `scope` says how to go on after a restart, behind page `cursor`.
                ALTER TABLE operation ADD COLUMN state TEXT NOT NULL DEFAULT 'done'
                    CHECK(state IN ('running', 'done', 'cancelled', 'failed'));
                ALTER TABLE operation ADD COLUMN eligible INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE operation ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
                ALTER TABLE operation ADD COLUMN cursor INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE operation ADD COLUMN skipped TEXT NOT NULL DEFAULT '{}';
                ALTER TABLE operation ADD COLUMN ended_at INTEGER;
                CREATE INDEX operation_running ON operation(id) WHERE state = 'running';

                -- What was ordered and what came of it, each row sealed with the one before it (AuditChain). Never updated.
                CREATE TABLE audit(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, operation INTEGER NOT NULL, entry TEXT NOT NULL,
                    hash BLOB NOT NULL CHECK(length(hash) = 32)
                ) STRICT;
                CREATE INDEX audit_operation ON audit(operation);
                """
            )
            try AuditChain.adoptOperations(connection)
        },
        Migration(3) { connection in
            try connection.execute(
                """
                -- The operation that withdrew the event; it also binds the pages that are still to be made, and is never undone.
                ALTER TABLE event ADD COLUMN withdrawal INTEGER;
                -- The same of the operation that ended it in favour of a newer revision.
                ALTER TABLE event ADD COLUMN superseding INTEGER;
                CREATE INDEX event_subject ON event(publisher, source, subject, revision)
                    WHERE source IS NOT NULL AND subject IS NOT NULL;
                """
            )
        },
        Migration(4) { connection in
            try connection.execute(
                """
                -- Publishers that asked to be told how an event stands: at its end, or at `due_at` when that comes first; then again until one is taken.
                CREATE TABLE callback(
                    event INTEGER PRIMARY KEY, publisher TEXT NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE INDEX callback_due ON callback(publisher, due_at);

                -- How a pruned event stood, in numbers: the JSON of `GET /v1/events/{id}`, without names and texts.
                CREATE TABLE summary(event INTEGER PRIMARY KEY, publisher TEXT NOT NULL, view TEXT NOT NULL) STRICT;
                """
            )
            // What the receipt warned of: told again with the event and to a repetition.
            try connection.execute("ALTER TABLE event ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'")
        },
        Migration(5) { connection in
            try connection.execute(
                """
                -- merge_key: equal in events that say the same. merged_with: those of them that were expanded before, a JSON array of ids.
                ALTER TABLE event ADD COLUMN merge_key BLOB CHECK(merge_key IS NULL OR length(merge_key) = 32);
                ALTER TABLE event ADD COLUMN merged_with TEXT NOT NULL DEFAULT '[]';
                CREATE INDEX event_words ON event(merge_key, id) WHERE merge_key IS NOT NULL;
                """
            )
        },
        Migration(6) { connection in
            try connection.execute(
                """
                -- When the quiet hours end that a delivery waits for; NULL: it waits for another attempt.
                ALTER TABLE retry ADD COLUMN opens_at INTEGER;
                CREATE INDEX retry_waiting ON retry(delivery, opens_at) WHERE opens_at IS NOT NULL;
                """
            )
        },
        Migration(7) { connection in
            try connection.execute(
                """
                -- Of a delivery that quiet hours hold or held up, while one message may announce several: its device.
                ALTER TABLE retry ADD COLUMN device INTEGER;
                -- The delivery that announces this one, too; its own device is known by those that follow it.
                ALTER TABLE retry ADD COLUMN carrier INTEGER;
                CREATE INDEX retry_device ON retry(device) WHERE device IS NOT NULL;
                """
            )
        },
        Migration(8) { connection in
            // Who follows a delivery is asked at each of its tries, whatever else waits for its device.
            try connection.execute("CREATE INDEX retry_carrier ON retry(carrier) WHERE carrier IS NOT NULL")
        },
        Migration(9) { connection in
            try connection.execute(
                """
                -- Which key sealed the entry's hash, and the code (AuditSeal); NULL: before there was one. Written with the row.
                ALTER TABLE audit ADD COLUMN key TEXT;
                ALTER TABLE audit ADD COLUMN code BLOB CHECK(code IS NULL OR length(code) = 32);
                """
            )
        },
        Migration(10) { connection in
            // Nobody read them: page, plan and attempt have the same. 3 s with a million rows in each table.
            try connection.execute(
                """
                ALTER TABLE dead DROP COLUMN person;
                ALTER TABLE dead DROP COLUMN device;
                ALTER TABLE dead DROP COLUMN reason;
                ALTER TABLE held DROP COLUMN held_at;
                """
            )
        },
    ]
}
