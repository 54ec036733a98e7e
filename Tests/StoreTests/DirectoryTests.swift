import Domain
import Providers
import Store
import StoreConformance
import Testing

/// Imports and accounts: what the registry knows after them.
@Suite(.timeLimit(.minutes(1)))
struct DirectoryTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try SQLiteStores(folder: folder.path).registryReader(seal: nil) }

    private func map(_ registry: Registry, _ id: String, _ key: String, dryRun: Bool = false) async throws
        -> ImportReport
    {
        let user = UserRecord(id: id, externalKey: key, profile: .relative, locale: nil)
        return try await registry.map([user], dryRun: dryRun)
    }

    private func devices(of user: String) throws -> [String] {
        try reader().devices(.init(user: user), after: nil, limit: 10).map(\.installation)
    }

    @Test func `a complete delivery fills the directory as its ground truth says`() async throws {
        try await folder.registry { registry async throws in
            let report = try await Sample.importAAF("complet-2026-09-01", into: registry)

            let expected = try #require(try Sample.json("expected/directory.json")["complet-2026-09-01"])
            #expect(report.state == .applied && report.held.isEmpty)
            let added: [(String, ImportReport.Change)] = [
                ("schools", report.diff.schools), ("classes", report.diff.classes), ("groups", report.diff.groups),
                ("pupils", report.diff.pupils), ("guardians", report.diff.guardians), ("staff", report.diff.staff),
                ("links", report.diff.links),
            ]
            for (name, change) in added {
                #expect(Int64(change.added) == expected[name]?.int64, "\(name)")
                #expect(change.changed == 0 && change.removed == 0, "\(name)")
            }
        }
    }

    @Test func `a planned import changes nothing`() async throws {
        try await folder.registry { registry async throws in
            let planned = try await Sample.importAAF("complet-2026-09-01", into: registry, dryRun: true)
            #expect(planned.state == .planned && planned.diff.guardians.added == 697)
            #expect(try reader().person("9100064") == nil)
            let applied = try await Sample.importAAF("complet-2026-09-01", into: registry)
            #expect(applied.diff == planned.diff && applied.id != planned.id)
        }
    }

    @Test func `the same delivery again is an empty difference`() async throws {
        try await folder.registry { registry async throws in
            let first = try await Sample.importAAF("complet-2026-09-01", into: registry)
            let again = try await Sample.importAAF("complet-2026-09-01", into: registry)
            #expect(again.state == .applied && again.diff != first.diff)
            for change in changes(again.diff) { #expect(change == changes(again.diff).last) }
            #expect(again.diff.pupils.added == 0 && again.diff.pupils.changed == 0 && again.diff.pupils.removed == 0)
        }
    }

    @Test func `a truncated delivery is held, says why, and changes nothing`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let held = try await Sample.importAAF("complet-truncated", into: registry)

            #expect(held.state == .held)
            #expect(held.held.contains { $0.limit == "pupilsRemoved" && $0.value > 0.3 })
            #expect(
                Set(held.held.map(\.limit)).isSubset(of: [
                    "pupilsRemoved", "guardiansRemoved", "linksRemoved", "schoolAbsent",
                ])
            )
            let again = try await Sample.importAAF("complet-2026-09-01", into: registry)
            for change in changes(again.diff) { #expect([change.added, change.changed, change.removed] == [0, 0, 0]) }
        }
    }

    @Test func `the next school year needs the word of a person`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let held = try await Sample.importAAF("complet-2027-09-01", into: registry)
            #expect(held.state == .held)
            let applied = try await Sample.importAAF("complet-2027-09-01", into: registry, yearChange: true)
            #expect(applied.state == .applied, "\(applied.held)")
            let expected = try #require(try Sample.json("expected/directory.json")["complet-2027-09-01"])
            let reader = try reader()
            #expect(try reader.person("9100001") != nil)
            let again = try await Sample.importAAF("complet-2027-09-01", into: registry)
            for change in changes(again.diff) { #expect([change.added, change.changed, change.removed] == [0, 0, 0]) }
            #expect(
                Int64(697 + applied.diff.guardians.added - applied.diff.guardians.removed)
                    == expected["guardians"]?.int64
            )
            #expect(Int64(1060 + applied.diff.links.added - applied.diff.links.removed) == expected["links"]?.int64)
        }
    }

    @Test func `an absent school holds the import`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords([school("1", "0429901A"), school("2", "0429902B")], into: registry)
            let held = try await Sample.importRecords([school("2", "0429902B")], into: registry)
            #expect(held.state == .held)
            #expect(held.held.map { [$0.school, $0.limit] } == [["0429901A", "schoolAbsent"]])
        }
    }

    @Test func `schools exchange their UAI, share one, or have none`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords([school("1", "A"), school("2", "B")], into: registry)
            let swapped = [school("1", "B"), school("2", "A"), school("3", "A"), school("4", ""), school("5", "")]
            let held = try await Sample.importRecords(swapped, into: registry)
            // It may as well be another academy's delivery: a person says.
            #expect(held.state == .held && held.held.map(\.limit) == ["schoolCode", "schoolCode"])
            let report = try await registry.importing(
                swapped.map { DirectoryChange(.put($0)) },
                approval: ImportApproval(id: held.id, isConfirmed: false, actor: "lea")
            )
            #expect(report.state == .applied && report.diff.schools.changed == 2 && report.diff.schools.added == 3)
            #expect(try reader().school(uai: "A")?.name == "School 2")
            #expect(try reader().school(uai: "B")?.name == "School 1")
        }
    }

    @Test func `who leaves the directory keeps account and devices, and nothing else`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords(family(links: ["g1", "g2"]), into: registry)
            _ = try await map(registry, "ent-1", "g1")
            try await registry.signIn("i-1", of: "ent-1")
            let four = family(links: ["g1", "g2", "g3", "g4"])
            try await Sample.importRecords(four, into: registry)
            let without = four.filter { if case .guardian(let person) = $0 { person.key != "g1" } else { true } }
            let applied = try await Sample.importRecords(without, into: registry)
            #expect(applied.diff.guardians.removed == 1 && applied.diff.links.removed == 1)
            let person = try #require(try reader().person("ent-1"))
            #expect(person.kind == .unknown)
            #expect(try devices(of: "ent-1") == ["i-1"])
            #expect(try audience([.pupil("p1")]).persons.count == 3)
            // And comes back as the same person.
            try await Sample.importRecords(four, into: registry)
            #expect(try reader().person("g1")?.id == person.id)
            #expect(try audience([.pupil("p1")]).persons.count == 4)
        }
    }

    @Test func `an account and a person become one, in any order`() async throws {
        try await folder.registry { registry async throws in
            try await registry.signIn("i-1", of: "ent-1")
            let planned = try await map(registry, "ent-1", "g1", dryRun: true)
            #expect(planned.diff.users.added == 1)
            #expect(try reader().person("g1") == nil)
            let mapped = try await map(registry, "ent-1", "g1")
            #expect(mapped.diff.users.added == 1 && mapped.state == .applied)
            try await Sample.importRecords(family(links: ["g1", "g2"]), into: registry)
            // Known only after the import, by the import of users or by the account's own word.
            try await registry.signIn("i-2", of: "ent-2")
            _ = try await map(registry, "ent-2", "g2")
            #expect(try reader().person("g1")?.id == reader().person("ent-1")?.id)
            #expect(try reader().person("g2")?.id == reader().person("ent-2")?.id)
            #expect(try reader().person("ent-2")?.kind == .guardian)
            #expect(try devices(of: "g1") == ["i-1"])
            #expect(try devices(of: "g2") == ["i-2"])
            let again = try await map(registry, "ent-2", "g2")
            #expect(again.diff.users.added == 0 && again.diff.users.changed == 0)
        }
    }

    @Test func `devices follow the account that registered them, not the person it was once tied to`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importRecords(family(links: ["g1", "g2"]), into: registry)
            try await registry.signIn("i-1", of: "ent-1", key: "g1")
            try await registry.signIn("i-2", of: "ent-2", key: "g2")
            // The ENT had mixed them up; the lines come one after the other.
            let swap = [("ent-1", "g2"), ("ent-2", "g1")].map {
                UserRecord(id: $0.0, externalKey: $0.1, profile: nil, locale: nil)
            }
            _ = try await registry.map(swap)
            #expect(try reader().person("ent-1")?.key == "g2")
            #expect(try devices(of: "g2") == ["i-1"])
            #expect(try devices(of: "g1") == ["i-2"])
            // A second account of g1 corrects nothing; an account that is taken away keeps its device, and rings for nobody's child.
            _ = try await map(registry, "ent-3", "g1")
            #expect(try devices(of: "g1") == ["i-2"])
            let parted = try await registry.importing(
                [DirectoryChange(.removeUser(id: "ent-2"))],
                origin: ImportOrigin(format: "ndjson", mode: "delta"),
                scope: .changes
            )
            #expect(parted.diff.users.removed == 1)
            #expect(try devices(of: "g1").isEmpty)
            #expect(try devices(of: "ent-2") == ["i-2"])
            #expect(try reader().person("ent-2")?.kind == .unknown)
        }
    }

    @Test func `only persons with a tie to the publisher's schools may be named directly`() async throws {
        try await folder.registry { registry async throws in
            let teacher = DirectoryRecord.staff(.init(key: "t1", lastName: "T", firstName: "", schools: ["1"]))
            try await Sample.importRecords(family(links: ["g1"]) + [teacher, school("2", "0429902B")], into: registry)
            try await registry.signIn("i-1", of: "stranger")
            let named: [AudienceMember] = [.user("g1"), .user("t1"), .user("p1"), .user("stranger"), .user("nobody")]
            func withheld(_ schools: Set<String>?) throws -> [String: Reason] {
                let audience = try audience(named, schools: schools)
                var reasons: [String: Reason] = [:]
                for person in audience.persons {
                    let name =
                        try reader().person(person.person)?.publicID
                        ?? audience.unknownUsers[person.person.unknownIndex!]
                    reasons[name] = person.withheld
                }
                return reasons
            }
            #expect(try withheld(nil) == ["nobody": .unknownUser])
            #expect(try withheld(["0429901A"]) == ["nobody": .unknownUser, "stranger": .forbidden])
            let all = try withheld(["0429902B"])
            #expect(all.count == 5 && all["g1"] == .forbidden && all["t1"] == .forbidden)
            // Through a pupil nobody is a stranger.
            let through = try audience([.user("g1"), .pupil("p1")], schools: ["0429902B"])
            #expect(through.persons.map(\.withheld) == [nil])
        }
    }

    private func audience(_ members: [AudienceMember], schools: Set<String>? = nil) throws -> WholeAudience {
        try reader().audience(of: members, on: { _ in Sample.day }, author: nil, schools: schools)
    }

    private func school(_ key: String, _ uai: String) -> DirectoryRecord {
        .school(SchoolRecord(key: key, uai: uai, name: "School \(key)"))
    }

    /// One pupil of one class of one school, with these guardians.
    private func family(links: [String]) -> [DirectoryRecord] {
        let pupil = PupilRecord(
            person: PersonRecord(key: "p1", lastName: "P", firstName: ""),
            memberships: [
                .init(place: .school(key: "1")), .init(place: .schoolClass(key: "c1", school: "1", name: "CP")),
            ],
            guardians: links.map { .init(key: $0, raw: "") }
        )
        return [school("1", "0429901A"), .pupil(pupil)]
            + links.map { .guardian(PersonRecord(key: $0, lastName: $0, firstName: "")) }
    }

    private func changes(_ diff: ImportReport.Diff) -> [ImportReport.Change] {
        [diff.schools, diff.classes, diff.groups, diff.pupils, diff.guardians, diff.staff, diff.links, diff.users]
    }
}
