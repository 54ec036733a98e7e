import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Synchronization
import Testing

/// An import is compared beside the writer: what comes between is met, and nothing is applied by halves.
@Suite(.timeLimit(.minutes(1)))
struct ImportPlanTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try folder.stores.registryReader(seal: nil) }

    private func finish(_ staged: StagedImport, _ registry: Registry) async throws -> ImportReport {
        try await registry.finishImport(
            staged,
            limits: ImportLimits(isYearChange: false),
            dryRun: false,
            warnings: [],
            warningsTotal: 0,
            day: Sample.day,
            now: TestFolder.start
        )
    }

    private func begin(_ town: Town, _ registry: Registry) async throws -> StagedImport {
        let staged = try await registry.beginImport(ImportOrigin(format: "aaf1d", mode: "complete"), scope: .feed)
        _ = try await registry.stage(town.records.map { DirectoryChange(.put($0)) }, of: staged)
        return staged
    }

    /// The directory in words, without the numbers of rows.
    private func directory(of folder: TestFolder) throws -> [String] {
        let connection = try folder.intruder("registry.db")
        return try connection.all(
            """
            SELECT 'person ' || kind || ' ' || key || ' ' || last_name FROM person WHERE kind <> 0
            UNION ALL SELECT 'place ' || place.kind || ' ' || place.key || ' ' || place.name || ' ' || coalesce(place.uai, '')
                || ' in ' || coalesce(school.key, 'none') FROM place LEFT JOIN place school ON school.id = place.school
            UNION ALL SELECT 'member ' || person.key || ' of ' || place.key || ' from ' || coalesce(from_day, '')
                FROM membership LEFT JOIN person ON person.id = person LEFT JOIN place ON place.id = place
            UNION ALL SELECT 'link ' || pupil.key || ' ' || adult.key || ' ' || adult.kind || ' ' || raw
                FROM guardianship LEFT JOIN person pupil ON pupil.id = pupil LEFT JOIN person adult ON adult.id = guardian
            ORDER BY 1
            """
        ) { $0.text(0) }
    }

    @Test func `whom a registration makes while the import is planned is one with the record`() async throws {
        try await folder.registry { registry async throws in
            let town = Town()
            let staged = try await begin(town, registry)
            // Known to the ENT only, named by the directory's key, and known before under no key.
            try await registry.signIn("i-1", of: "stranger")
            try await registry.signIn("i-2", of: "named", key: "g1")
            try await registry.signIn("i-3", of: "stranger-2")
            try await registry.signIn("i-3", of: "stranger-2", key: "g2")
            let before = ["named", "stranger-2"].map { try? reader().person($0)?.id }
            #expect(try await finish(staged, registry).state == .applied)
            #expect(["named", "stranger-2"].map { try? reader().person($0)?.id } == before)
            #expect(try reader().person("named")?.kind == .guardian)
            #expect(try reader().person("g2")?.entID == "stranger-2")
            #expect(try reader().person("stranger")?.kind == .unknown)
            let again = try await Sample.importRecords(town.records, into: registry)
            #expect(again.state == .applied && again.changes == 0)
        }
    }

    @Test(arguments: [true, false])
    func `an erasure or another import in between means to begin anew, and nothing has happened`(erases: Bool)
        async throws
    {
        try await folder.registry { registry async throws in
            var town = Town()
            try await Sample.importRecords(town.records, into: registry)
            town.adults["g1"] = "Autre"
            let staged = try await begin(town, registry)
            if erases {
                let person = try #require(try reader().person("g1"))
                _ = try await registry.erase(person)
            } else {
                var other = Town()
                other.adults["g3"] = "Tiers"
                try await Sample.importRecords(other.records, into: registry)
            }
            let between = try directory(of: folder)
            await #expect(throws: StoreError.outdated) { try await finish(staged, registry) }
            #expect(try directory(of: folder) == between)
            let again = try await Sample.importRecords(town.records, into: registry)
            #expect(again.state == .applied && again.changes > 0)
            #expect(try reader().person("g1")?.kind == .guardian)
        }
    }

    @Test func `staging needs no writer`() async throws {
        try await folder.registry { registry async throws in
            let staged = try await begin(Town(), registry)
            // Somebody holds the writer as long as the delivery is read.
            let gate = Gate()
            async let held = registry.changeWishes(of: "u", now: TestFolder.start) { wishes throws(Never) in
                gate.wait()
                return wishes
            }
            let met = try await registry.stage([DirectoryChange(.removeUser(id: "nobody"))], of: staged)
            gate.open()
            _ = try await held
            #expect(met.isEmpty)
            #expect(try await finish(staged, registry).state == .applied)
        }
    }

    @Test(arguments: ["place", "person", "membership", "guardianship", "account", "import_change", "import"])
    func `a failure at any step leaves the directory as it was`(table: String) async throws {
        try await folder.registry { registry async throws in
            var town = Town()
            try await Sample.importRecords(town.records, into: registry)
            let before = try directory(of: folder)
            // Everything changes a little; the last row of the table is refused.
            town.pupils["p9"] = .init(school: "s2", room: "c9", adults: ["g1", "g9"])
            town.pupils["p1"]?.adults = ["g3"]
            town.adults["g9"] = "Neuf"
            let intruder = try folder.intruder("registry.db")
            try intruder.execute(
                "CREATE TRIGGER refusal BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
            let user = UserRecord(id: "ent", externalKey: "g9", profile: nil, locale: nil)
            let changes = town.records.map { DirectoryChange(.put($0)) } + [DirectoryChange(.putUser(user))]
            await #expect(throws: StoreError.self) { try await registry.importing(changes) }
            #expect(try directory(of: folder) == before)
            try intruder.execute("DROP TRIGGER refusal")
            #expect(try await registry.importing(changes).state == .applied)
            #expect(try directory(of: folder).contains("link p9 g9 2 "))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `after any deliveries the directory is what the last one says`(seed: UInt64) async throws {
        try await folder.registry { registry async throws in
            var random = SeededWalk(seed: seed)
            var town = Town()
            for step in 0..<12 {
                let earlier = town
                for _ in 0...random.next(below: 3) { town.change(&random) }
                if random.next(below: 3) == 0 {
                    try await registry.signIn(
                        "i-\(step)",
                        of: "u\(random.next(below: 4))",
                        key: "g\(1 + random.next(below: 6))"
                    )
                }
                let report =
                    step > 0 && random.next(below: 2) == 0
                    ? try await registry.importing(
                        town.delta(since: earlier),
                        origin: ImportOrigin(format: "aaf1d", mode: "delta"),
                        scope: .changes
                    ) : try await Sample.importRecords(town.records, into: registry)
                #expect(report.state == .applied, "\(report.held)")
                let other = try TestFolder()
                try await other.registry { registry async throws in
                    _ = try await Sample.importRecords(town.records, into: registry)
                }
                #expect(try directory(of: folder) == directory(of: other), "seed \(seed), step \(step)")
            }
        }
    }
}

/// A closed gate for a thread that may wait.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func wait() { while !isOpen.load(ordering: .acquiring) {} }
}

/// Two schools, their classes, pupils and adults, as deliveries say.
private struct Town {
    struct Pupil: Equatable {
        var school: String
        var room: String
        var adults: [String]
    }

    var adults = ["g1": "Un", "g2": "Deux", "g3": "Trois", "g4": "Quatre"]
    var pupils = [
        "p1": Pupil(school: "s1", room: "c1", adults: ["g1", "g2"]),
        "p2": Pupil(school: "s1", room: "c2", adults: ["g1"]),
        "p3": Pupil(school: "s2", room: "c3", adults: ["g3", "missing"]),
    ]

    var records: [DirectoryRecord] {
        ["s1", "s2"].map(school) + adults.keys.sorted().map(adult) + pupils.keys.sorted().map(pupil)
    }

    private func school(_ key: String) -> DirectoryRecord {
        .school(SchoolRecord(key: key, uai: key == "s1" ? "0429901A" : "0429902B", name: "School " + key))
    }

    private func adult(_ key: String) -> DirectoryRecord {
        .guardian(PersonRecord(key: key, lastName: adults[key] ?? "", firstName: ""))
    }

    private func pupil(_ key: String) -> DirectoryRecord {
        let pupil = pupils[key] ?? Pupil(school: "s1", room: "c1", adults: [])
        return .pupil(
            PupilRecord(
                person: PersonRecord(key: key, lastName: "Pupil", firstName: ""),
                memberships: [
                    .init(place: .school(key: pupil.school)),
                    .init(
                        place: .schoolClass(key: pupil.room, school: pupil.school, name: "Room " + pupil.room),
                        from: Sample.day
                    ),
                ],
                guardians: pupil.adults.map { .init(key: $0, raw: "") }
            )
        )
    }

    mutating func change(_ random: inout SeededWalk) {
        let key = "p\(1 + random.next(below: 5))"
        switch random.next(below: 6) {
        case 0: adults["g\(1 + random.next(below: 6))"] = "Name \(random.next(below: 9))"
        case 1: adults["g\(1 + random.next(below: 6))"] = nil
        case 2: pupils[key] = nil
        case 3: pupils[key]?.adults = (1...2).map { _ in "g\(1 + random.next(below: 6))" }.uniqued
        default:
            let room = ["c1", "c2", "c3"][random.next(below: 3)]
            pupils[key] = Pupil(
                school: room == "c3" ? "s2" : "s1",
                room: room,
                adults: ["g\(1 + random.next(below: 6))"]
            )
        }
    }

    /// Classes that nobody is in any more stay, in a delta; so it names those of the pupils that were.
    func delta(since earlier: Town) -> [DirectoryChange] {
        let gone =
            earlier.pupils.keys.filter { pupils[$0] == nil }.sorted().map { DirectoryChange(.remove(.pupil, key: $0)) }
            + earlier.adults.keys.filter { adults[$0] == nil }.sorted().map {
                DirectoryChange(.remove(.guardian, key: $0))
            }
        let new =
            adults.keys.filter { adults[$0] != earlier.adults[$0] }.sorted().map(adult)
            + pupils.keys.filter { pupils[$0] != earlier.pupils[$0] }.sorted().map(pupil)
        let rooms = Set(earlier.pupils.values.map(\.room)).subtracting(pupils.values.map(\.room)).sorted()
        return gone + new.map { DirectoryChange(.put($0)) }
            + rooms.map { DirectoryChange(.removePlace(.schoolClass, key: $0, school: $0 == "c3" ? "s2" : "s1")) }
    }
}

extension SeededWalk {
    fileprivate mutating func next(below limit: Int) -> Int { .random(in: 0..<limit, using: &self) }
}

extension [String] {
    fileprivate var uniqued: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
