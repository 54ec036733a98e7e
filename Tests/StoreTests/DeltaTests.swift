import Database
import DirectoryImport
import Domain
import Store
import StoreConformance
import Testing

/// Deltas of AAF and NDJSON: only what they speak of changes, and nothing else.
@Suite(.timeLimit(.minutes(1)))
struct DeltaTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try SQLiteStores(folder: folder.path).registryReader(seal: nil) }

    /// The directory's size in the words of `expected/directory.json`.
    private func sizes() throws -> [String: Int64] {
        let connection = try folder.intruder("registry.db")
        func count(_ sql: String) throws -> Int64 { try connection.first(sql) { $0.int64(0) } ?? 0 }
        let links = """
            FROM guardianship JOIN person p ON p.id = pupil AND p.kind = 1 JOIN person a ON a.id = guardian
            """
        return [
            "schools": try count("SELECT count(*) FROM place WHERE kind = 0"),
            "classes": try count(
                "SELECT count(*) FROM place WHERE kind = 1 AND id IN (SELECT place FROM membership)"
            ),
            "groups": try count("SELECT count(*) FROM place WHERE kind = 2 AND id IN (SELECT place FROM membership)"),
            "pupils": try count("SELECT count(*) FROM person WHERE kind = 1"),
            "guardianRecords": try count("SELECT count(*) FROM person WHERE kind = 2"),
            "guardians": try count("SELECT count(DISTINCT guardian) \(links) AND a.kind = 2"),
            "links": try count("SELECT count(*) \(links) AND a.kind = 2"),
            "staff": try count("SELECT count(*) FROM person WHERE kind = 3"),
            "pupilsWithoutGuardian": try count(
                "SELECT count(*) FROM person WHERE kind = 1 AND id NOT IN (SELECT pupil \(links) AND a.kind = 2)"
            ),
        ]
    }

    private func check(_ state: String) throws {
        let expected = try #require(try Sample.json("expected/directory.json")[state])
        for (name, count) in try sizes() { #expect(expected[name]?.int64 == count, "\(state) \(name)") }
    }

    private func check(_ diff: ImportReport.Diff, _ name: String) throws {
        let expected = try #require(try Sample.json("expected/directory.json")[name])
        #expect(Int64(diff.pupils.added) == expected["pupilsAdded"]?.int64)
        #expect(Int64(diff.pupils.removed) == expected["pupilsRemoved"]?.int64)
        #expect(Int64(diff.links.added) == expected["linksAdded"]?.int64)
        #expect(Int64(diff.links.removed) == expected["linksRemoved"]?.int64)
        #expect(Int64(diff.guardians.added) == expected["guardiansAdded"]?.int64)
        #expect(Int64(diff.guardians.removed) == expected["guardiansRemoved"]?.int64)
    }

    @Test func `the delta and the next year meet their ground truth`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            try check("complet-2026-09-01")

            let planned = try await Sample.importAAF("delta-2026-09-15", mode: .delta, into: registry, dryRun: true)
            #expect(planned.state == .planned)
            try check("complet-2026-09-01")
            let delta = try await Sample.importAAF("delta-2026-09-15", mode: .delta, into: registry)
            #expect(delta.state == .applied && delta.diff == planned.diff, "\(delta.held)")
            try check(delta.diff, "change complet-2026-09-01 -> after-delta-2026-09-15")
            try check("after-delta-2026-09-15")
            #expect(delta.schools.contains { $0.kinds[.pupil]?.added.isEmpty == false })
            let name = try folder.intruder("registry.db").first(
                "SELECT name FROM place WHERE kind = 1 AND key = '70015'"
            ) {
                $0.text(0)
            }
            #expect(name == "CP A – Mme L'Œillet")

            let again = try await Sample.importAAF("delta-2026-09-15", mode: .delta, into: registry)
            #expect(again.diff.pupils.added == 0 && again.diff.links.added == 0 && again.diff.guardians.removed == 0)

            let year = try await Sample.importAAF("complet-2027-09-01", into: registry, yearChange: true)
            #expect(year.state == .applied, "\(year.held)")
            try check(year.diff, "change after-delta-2026-09-15 -> complet-2027-09-01")
            try check("complet-2027-09-01")
        }
    }

    @Test func `a delta that removes too much is held, and an approval applies it`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords(school(pupils: 12), into: registry)
            let removals = (0..<6).map { DirectoryChange(.remove(.pupil, key: "p\($0)")) }
            let held = try await delta(removals, registry)
            #expect(held.state == .held)
            #expect(held.held.contains { $0.limit == "pupilsRemoved" && $0.value == 0.5 })
            #expect(try audience(.schoolClass("c1")) == 12)
            let applied = try await delta(
                removals,
                registry,
                approval: ImportApproval(id: held.id, isConfirmed: false, actor: "lea")
            )
            #expect(applied.state == .applied && applied.id == held.id)
            #expect(try audience(.schoolClass("c1")) == 6)
            // Four of the six that are left are too few records to hold anything.
            let few = try await delta((6..<10).map { DirectoryChange(.remove(.pupil, key: "p\($0)")) }, registry)
            #expect(few.state == .applied)
        }
    }

    @Test func `a guardian who goes and comes back is told of all pupils who name him`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords(school(pupils: 2, guardian: "g"), into: registry)
            let gone = try await delta([DirectoryChange(.remove(.guardian, key: "g"))], registry)
            #expect(gone.diff.guardians.removed == 1 && gone.diff.links.removed == 2)
            #expect(try audience(.schoolClass("c1")) == 0)
            #expect(try reader().person("g") == nil)
            let back = try await delta(
                [DirectoryChange(.put(.guardian(.init(key: "g", lastName: "G", firstName: ""))))],
                registry
            )
            #expect(back.diff.guardians.added == 1 && back.diff.links.added == 2)
            #expect(try audience(.schoolClass("c1")) == 1)
        }
    }

    @Test func `a pupil who changes school keeps guardians and devices`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords(school(pupils: 1, guardian: "g"), into: registry)
            let person = try #require(try reader().person("g")?.id)
            var change = PupilChange()
            change.schools = ["2"]
            change.classes = [.schoolClass(key: "c1", school: "2", name: "CE1")]
            let moved = try await delta(
                [DirectoryChange(.modify(key: "p0", .pupil(change)), day: Sample.day)],
                registry
            )
            #expect(moved.diff.pupils.changed == 1 && moved.diff.links.removed == 0 && moved.diff.classes.added == 1)
            #expect(try audience(.schoolClass("c1"), in: "0429901A") == 0)
            #expect(try audience(.schoolClass("c1"), in: "0429902B") == 1)
            #expect(try reader().person("g")?.id == person)
        }
    }

    @Test func `lines of every kind make and unmake a school`() async throws {
        try await folder.registry { registry async throws in
            let lines = """
                {"op":"upsert","kind":"school","id":"1","uai":"0429901a","name":"École"}
                {"op":"upsert","kind":"class","id":"c1","school":"1","name":"CP"}
                {"op":"upsert","kind":"group","id":"x","school":"1","name":"Chorale"}
                {"op":"upsert","kind":"pupil","id":"p0","lastName":"P","firstName":"A"}
                {"op":"upsert","kind":"membership","pupil":"p0","class":"c1","from":"2026-09-01","to":"2026-09-30"}
                {"op":"upsert","kind":"membership","pupil":"p0","group":"x"}
                {"op":"upsert","kind":"guardian","id":"g0","lastName":"G","firstName":"B"}
                {"op":"upsert","kind":"link","pupil":"p0","guardian":"g0"}
                {"op":"upsert","kind":"staff","id":"t0","lastName":"T","firstName":"C"}
                {"op":"upsert","kind":"user","id":"ent-g0","externalId":"g0","profile":"relative"}
                """
            let made = try await delta(try changes(lines), registry)
            #expect(made.state == .applied && made.warnings.isEmpty, "\(made.warnings)")
            #expect(try audience(.schoolClass("c1")) == 1)
            #expect(try audience(.group("x")) == 1)
            #expect(try reader().person("ent-g0")?.kind == .guardian)
            let later = try #require(CalendarDay(year: 2026, month: 10, day: 1))
            #expect(try audience(.schoolClass("c1"), on: later) == 0)

            let unmade = try await delta(
                try changes(
                    """
                    {"op":"remove","kind":"link","pupil":"p0","guardian":"g0"}
                    {"op":"remove","kind":"membership","pupil":"p0","class":"c1"}
                    {"op":"remove","kind":"group","id":"x"}
                    {"op":"remove","kind":"staff","id":"t0"}
                    {"op":"remove","kind":"user","id":"ent-g0","externalId":"g0"}
                    {"op":"remove","kind":"pupil","id":"nobody"}
                    """
                ),
                registry
            )
            #expect(unmade.warnings.map(\.code) == ["unknownRecord"])
            #expect(unmade.diff.links.removed == 1 && unmade.diff.groups.removed == 1 && unmade.diff.staff.removed == 1)
            #expect(unmade.diff.users.removed == 1 && unmade.diff.guardians.removed == 1)
            #expect(try audience(.pupil("p0")) == 0)
            #expect(try reader().find(.group("x"), in: nil) == .nothing)
        }
    }

    // MARK: Helpers

    private func changes(_ lines: String) throws -> [DirectoryChange] {
        var changes: [DirectoryChange] = []
        var bytes = Array(lines.utf8)[...]
        _ = try UserNDJSONReader(file: "lines").read(from: { buffer in
            let piece = bytes.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            bytes = bytes.dropFirst(piece.count)
            return piece.count
        }) { changes.append(DirectoryChange($0, file: "lines")) }
        return changes
    }

    private func delta(
        _ changes: [DirectoryChange],
        _ registry: Registry,
        approval: ImportApproval? = nil
    ) async throws -> ImportReport {
        try await registry.importing(
            changes,
            origin: ImportOrigin(format: "ndjson", mode: "delta"),
            scope: .changes,
            approval: approval
        )
    }

    private func audience(_ member: AudienceMember, in school: String? = nil, on day: CalendarDay = Sample.day) throws
        -> Int
    {
        try reader().audience(of: [member], in: school, on: { _ in day }, author: nil).persons
            .filter { $0.role == .guardian }.count
    }

    /// Two schools; pupils of the first in class c1, each with a guardian of his or her own, or all with one.
    private func school(pupils: Int, guardian: String? = nil) -> [DirectoryRecord] {
        var records: [DirectoryRecord] = [
            .school(.init(key: "1", uai: "0429901A", name: "A")), .school(.init(key: "2", uai: "0429902B", name: "B")),
        ]
        for number in 0..<pupils {
            let key = guardian ?? "g\(number)"
            records.append(
                .pupil(
                    .init(
                        person: .init(key: "p\(number)", lastName: "P", firstName: ""),
                        memberships: [
                            .init(place: .school(key: "1")),
                            .init(place: .schoolClass(key: "c1", school: "1", name: "CP")),
                        ],
                        guardians: [.init(key: key, raw: "")]
                    )
                )
            )
            records.append(.guardian(.init(key: key, lastName: "G", firstName: "")))
        }
        return records
    }

    @Test func `a guardian without a record is named with the line that says so`() async throws {
        try await folder.registry { registry async throws in
            func person(_ key: String) -> PersonRecord { PersonRecord(key: key, lastName: "L", firstName: "F") }
            func delta(_ changes: [DirectoryChange]) async throws -> [String] {
                let origin = ImportOrigin(format: "ndjson", mode: "delta")
                return try await registry.importing(changes, origin: origin, scope: .changes).warnings
                    .filter { $0.code == "guardianMissing" }.map { "\($0.file):\($0.line) \($0.record)" }
            }
            let first = try await delta([
                DirectoryChange(.putPerson(.pupil, person("p1")), file: "a", line: 1),
                DirectoryChange(.putPerson(.pupil, person("p2")), file: "a", line: 2),
                DirectoryChange(.putPerson(.guardian, person("g1")), file: "a", line: 3),
                DirectoryChange(.link(pupil: "p1", guardian: "g1"), file: "a", line: 4),
                DirectoryChange(.link(pupil: "p2", guardian: "g9"), file: "a", line: 5),
            ])
            #expect(first == ["a:5 p2"])
            // Of pupils the directory has: the line of the link, and the one that takes the guardian's record away.
            #expect(
                try await delta([DirectoryChange(.link(pupil: "p1", guardian: "g8"), file: "b", line: 7)]) == ["b:7 p1"]
            )
            let gone = try await delta([DirectoryChange(.remove(.guardian, key: "g1"), file: "c", line: 9)])
            #expect(gone == ["c:9 p1", "c:9 p1"])
        }
    }
}
