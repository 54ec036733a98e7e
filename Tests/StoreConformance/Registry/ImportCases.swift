import Domain
import Store
import Testing

/// Deliveries: planned, held, decided, refused, and what is told of them later.
enum ImportCases {
    static let all = [
        StoreCase("a plan changes nothing and says what it would", planned),
        StoreCase("a delivery that takes too much away waits for a person", held),
        StoreCase("a held delivery is replaced, or lapses", lapsed),
        StoreCase("a delivery that could not be read is listed", abandoned),
        StoreCase("an import that was overtaken does nothing at all", outdated),
        StoreCase("what imports changed is summed over all between two", changes),
        StoreCase("who is in the directory is explained", explained),
    ]

    /// As many guardians as a limit needs.
    private static let many = (1...10).map { "g\($0)" }

    private static func town(_ adults: [String]) -> [(String, String, [String])] { [("p1", "c1", adults)] }

    private static func planned(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let change = [DirectoryChange(.put(.guardian(.init(key: "g", lastName: "", firstName: ""))))]
            let plan = try await registry.importing(change, dryRun: true)
            let reader = try place.reader(registry)
            #expect(plan.state == .planned)
            #expect(try reader.person("g") == nil)
            #expect(try reader.lastApplied() == [:] && reader.heldImports() == 0)
            let applied = try await registry.importing(change)
            #expect(applied.diff == plan.diff && applied.state == .applied && applied.id != plan.id)
            #expect(try reader.storedImport(plan.id)?.state == "planned")
            #expect(try reader.lastApplied() == ["main": StorePlace.start])
        }
    }

    private static func held(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            _ = try await registry.deliverSchool(pupils: town(many), adults: many)
            let few = Array(many.prefix(4))
            let held = try await registry.deliverSchool(pupils: town(few), adults: few)
            #expect(held.state == .held)
            #expect(held.held.map(\.limit).sorted() == ["guardiansRemoved", "linksRemoved"])
            #expect(held.held.allSatisfy { $0.school == "0420001A" && $0.value == 0.6 })
            let reader = try place.reader(registry)
            #expect(try reader.heldImports() == 1 && reader.person("g9")?.kind == .guardian)
            let files = try await registry.nameKept("file-1", of: held.id, now: now)
            #expect(files.isEmpty)
            let kept = try await registry.keptFiles()
            #expect(kept == ["file-1"])
            let stored = try #require(try await registry.storedImport(held.id))
            #expect(stored.state == "held" && stored.kept == "file-1" && stored.decidedAt == nil)
            #expect(stored.origin.actor == "léa" && stored.origin.source == "folder" && stored.feed == "main")

            let approval = ImportApproval(id: held.id, isConfirmed: false, actor: "paul")
            let other = try await registry.importing(
                [DirectoryChange(.put(.guardian(.init(key: "g1", lastName: "", firstName: ""))))],
                approval: approval
            )
            #expect(other.state == .held && other.hasChanged, "it is not what was shown")
            let changes = try await registry.deliverSchool(pupils: town(few), adults: few, approval: approval)
            #expect(changes.state == .applied && changes.id == held.id && !changes.hasChanged)
            let settled = try #require(try reader.storedImport(held.id))
            #expect(settled.state == "applied" && settled.kept == nil && settled.decidedBy == "paul")
            #expect(try reader.heldImports() == 0 && reader.person("g9") == nil)
            #expect(try reader.storedImport(ImportID(rawValue: 99)) == nil)
            #expect(try reader.schools(after: nil, limit: 9).first?.lastImport == held.id)
        }
    }

    private static func lapsed(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            _ = try await registry.deliverSchool(pupils: town(many), adults: many)
            var held: [ImportID] = []
            for count in 1...3 {
                let few = Array(many.prefix(count))
                held.append(try await registry.deliverSchool(pupils: town(few), adults: few).id)
            }
            let none = try await registry.nameKept("one", of: held[0], now: now)
            let one = try await registry.nameKept("two", of: held[1], now: now + .seconds(1))
            #expect(none.isEmpty && one == ["one"])
            let reader = try place.reader(registry)
            #expect(try reader.storedImport(held[0])?.state == "replaced")
            #expect(try reader.storedImport(held[0])?.decidedAt == now + .seconds(1))
            let early = try await registry.lapseHeld(before: now, now: now)
            #expect(early.isEmpty)
            let late = try await registry.lapseHeld(before: now + .seconds(1), now: now + .seconds(2))
            #expect(late == ["two"])
            #expect(try reader.storedImport(held[1])?.state == "lapsed")
            #expect(try reader.storedImport(held[2])?.state == "held", "it names no file")
            let kept = try await registry.keptFiles()
            #expect(kept.isEmpty)
            let listed = try reader.imports(before: nil, limit: 2)
            #expect(listed.map(\.id.rawValue) == [held[2], held[1]].map(\.rawValue))
            #expect(try reader.imports(before: held[1], limit: 9).map(\.state) == ["replaced", "applied"])
        }
    }

    private static func abandoned(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let origin = ImportOrigin(format: "aaf1d", mode: "delta", feed: "lyon", school: "0690001B")
            let report = try await registry.abandonImport(origin, failure: "line 7", now: StorePlace.start)
            let reader = try place.reader(registry)
            let stored = try #require(try reader.storedImport(report.id))
            #expect(stored.state == "failed" && stored.feed == "lyon" && stored.format == "aaf1d")
            #expect(stored.report["detail"] == "line 7" && stored.report["school"] == "0690001B")
            #expect(try reader.lastApplied() == [:])
        }
    }

    private static func outdated(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let origin = ImportOrigin(format: "aaf1d", mode: "complete")
            let staged = try await registry.beginImport(origin, scope: .feed)
            let change = DirectoryChange(.put(.guardian(.init(key: "g", lastName: "", firstName: ""))))
            _ = try await registry.stage([change], of: staged)
            _ = try await registry.deliverSchool()
            let reader = try place.reader(registry)
            let before = try reader.imports(before: nil, limit: 9).map(\.id)
            await #expect(throws: StoreError.outdated) { try await registry.finish(staged) }
            #expect(try reader.imports(before: nil, limit: 9).map(\.id) == before)
            #expect(try reader.person("g") == nil && reader.person("g1") != nil)

            // A registration is none of what overtakes it.
            let again = try await registry.beginImport(origin, scope: .changes)
            _ = try await registry.stage([change], of: again)
            try await registry.signIn("i-1", of: "u", key: "g")
            let report = try await registry.finish(again)
            #expect(report.state == .applied)
            #expect(try reader.person("u")?.kind == .guardian && reader.violations() == [])
        }
    }

    private static func changes(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let first = try await registry.deliverSchool().id
            _ = try await registry.deliverSchool(pupils: [("p1", "c1", ["g1"]), ("p4", "c1", [])])
            _ = try await registry.deliverSchool("lyon", uai: "0690001B")
            let last = try await registry.deliverSchool(pupils: [("p1", "c1", ["g2"]), ("P4", "c1", [])]).id
            let reader = try place.reader(registry)
            let told = try #require(try reader.changes(behind: first, upTo: last))
            #expect(told.feed == "main" && told.from == first && told.to == last)
            #expect(told.changes[.pupil]?.added == ["P4"], "p4 came and went")
            #expect(told.changes[.pupil]?.removed.sorted() == ["p2", "p3"])
            #expect(told.changes[.link]?.added == ["p1 g2"])
            #expect(told.changes[.link]?.removed.sorted() == ["p1 g1", "p2 g1", "p2 g2"])
            #expect(told.changes[.schoolClass]?.removed == ["c2"])
            #expect(told.incomplete == [])
            #expect(try reader.changes(behind: last, upTo: last)?.changes.isEmpty == true)
            #expect(try reader.changes(behind: first, upTo: ImportID(rawValue: 99)) == nil)
        }
    }

    private static func explained(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let report = try await registry.deliverSchool()
            try await registry.signIn("i-1", of: "zoé", key: "g2")
            let reader = try place.reader(registry)
            func somebody(_ name: String) throws -> PersonEntry? {
                if case .person(let entry) = try reader.explain(name).first { entry } else { nil }
            }
            func somewhere(_ name: String) throws -> PlaceEntry? {
                if case .place(let entry) = try reader.explain(name).first { entry } else { nil }
            }
            let guardian = try #require(try somebody(" g2"))
            #expect(guardian.kind == .guardian && guardian.accounts == ["zoé"] && guardian.devices == 1)
            #expect(guardian.feed == "main" && guardian.origin.importID == report.id && guardian.origin.at != nil)
            #expect(guardian.pupils.map(\.key) == ["p2"] && guardian.records.map(\.key) == ["g2"])
            let pupil = try #require(try somebody("p2"))
            #expect(pupil.guardians.map(\.key) == ["g1", "g2"] && !pupil.guardians.contains(where: \.isMissing))
            #expect(pupil.places.map(\.kind) == [.school, .schoolClass])
            #expect(try somebody("zoé") == guardian)
            let school = try #require(try somewhere("0420001a"))
            #expect(school.classes.map(\.key) == ["c1", "c2"] && school.kind == .school)
            #expect(school.pupils.map(\.guardians) == [1, 2, 0])
            #expect(try somewhere("c1")?.pupils.count == 2 && somewhere("c1")?.classes.isEmpty == true)
            #expect(try reader.explain("C1").isEmpty && reader.explain("nobody").isEmpty)
        }
    }
}

extension Registry {
    fileprivate func finish(_ staged: StagedImport) async throws -> ImportReport {
        try await finishImport(
            staged,
            limits: ImportLimits(isYearChange: false),
            dryRun: false,
            warnings: [],
            warningsTotal: 0,
            day: StorePlace.day,
            now: StorePlace.start
        )
    }
}
