/// The temporary tables of an import, on a session of its own.
enum StageSchema {
    /// Where an export is collected before it is compared.
    ///
    /// `id` and `was` are the row and the kind the directory has now, filled when the export is complete. `hash` is of the contents as
    /// delivered, NULL for what was copied from the directory. stage_scope: what the export speaks of (kind 3: persons), and where first.
    static let stage = """
        CREATE TEMP TABLE stage_place(kind INTEGER, key TEXT, school TEXT, name TEXT, uai TEXT, hash INTEGER, file TEXT, line INTEGER,
            id INTEGER, PRIMARY KEY(kind, key, school)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_person(key TEXT PRIMARY KEY, kind INTEGER, last_name TEXT, first_name TEXT, hash INTEGER, file TEXT,
            line INTEGER, id INTEGER, was INTEGER) WITHOUT ROWID;
        CREATE TEMP TABLE stage_membership(person TEXT, kind INTEGER, key TEXT, school TEXT, from_day INTEGER, to_day INTEGER,
            PRIMARY KEY(person, kind, key, school)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_link(pupil TEXT, guardian TEXT, raw TEXT, file TEXT, line INTEGER, PRIMARY KEY(pupil, guardian)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_user(ent_id TEXT PRIMARY KEY, feed TEXT, key TEXT, profile INTEGER, locale TEXT,
            is_removed INTEGER, hash INTEGER, file TEXT, line INTEGER) WITHOUT ROWID;
        CREATE TEMP TABLE stage_scope(kind INTEGER, key TEXT, school TEXT, id INTEGER, file TEXT, line INTEGER,
            PRIMARY KEY(kind, key, school)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_duplicate(kind INTEGER, key TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_code(key TEXT, first TEXT, first_file TEXT, first_line INTEGER, second TEXT, file TEXT, line INTEGER,
            PRIMARY KEY(key, first, second)) WITHOUT ROWID;
        CREATE TEMP TABLE stage_change(kind INTEGER, action INTEGER, key TEXT, other TEXT, school TEXT);
        """

    /// Once the export is on the stage.
    static let indexes = """
        CREATE INDEX temp.stage_link_guardian ON stage_link(guardian, pupil);
        CREATE INDEX temp.stage_change_key ON stage_change(kind, key);
        """

    /// Once every change has its school.
    static let changesBySchool = "CREATE INDEX temp.stage_change_school ON stage_change(school, kind, action, key)"

    /// Once every person has a number.
    static let personNumbers = "CREATE INDEX temp.stage_person_id ON stage_person(id)"

    /// What the writer does, in the order of the rows. `ref`, `place`, `person`, `pupil` and `adult` are numbers of rows of the directory; below
    /// zero of rows that are not there yet.
    static let plan = """
        CREATE TEMP TABLE plan_place(step INTEGER, ref INTEGER, kind INTEGER, school TEXT, key TEXT, word TEXT);
        CREATE TEMP TABLE plan_person(ref INTEGER PRIMARY KEY, kind INTEGER, key TEXT, last_name TEXT, first_name TEXT);
        CREATE TEMP TABLE plan_membership(place INTEGER, person INTEGER, is_gone INTEGER, from_day INTEGER, to_day INTEGER);
        CREATE TEMP TABLE plan_link(pupil INTEGER, adult INTEGER, is_gone INTEGER, raw TEXT);
        CREATE TEMP TABLE plan_forget(ref INTEGER PRIMARY KEY);
        """
}
