import Database
import Domain
import Providers
import Store
import StoreConformance
import Testing

/// One account of the ENT with a record in each of two feeds is one person, and nobody else is. Keys of FamilyWeek.md: Zoé of Lyon is a 1001 as
/// Lina is, and her father a 2001 as Nadia is; Nadia is a 2009 there.
@Suite(.timeLimit(.minutes(1)))
struct OnePersonTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let main = "0429901A"
    private static let lyon = "0699901B"

    private func reader() throws -> RegistryReader { try folder.stores.registryReader(seal: nil) }

    /// A delivery of one school with one class; guardians by pupil.
    private func deliver(
        _ feed: String,
        _ pupils: [String: [String]],
        adults: [String]? = nil,
        _ registry: Registry
    ) async throws -> ImportReport {
        let uai = feed == "main" ? Self.main : Self.lyon
        let adults = adults ?? Set(pupils.values.joined()).sorted()
        let records: [DirectoryRecord] =
            [.school(SchoolRecord(key: "S1", uai: uai, name: feed))]
            + adults.map { .guardian(PersonRecord(key: $0, lastName: "L", firstName: "")) }
            + pupils.keys.sorted().map { key in
                .pupil(
                    PupilRecord(
                        person: PersonRecord(key: key, lastName: "P", firstName: ""),
                        memberships: [
                            .init(place: .school(key: "S1")),
                            .init(place: .schoolClass(key: "CP", school: "S1", name: "CP")),
                        ],
                        guardians: (pupils[key] ?? []).map { .init(key: $0, raw: "") }
                    )
                )
            }
        let report = try await registry.importing(
            records.map { DirectoryChange(.put($0)) },
            origin: ImportOrigin(format: "aaf1d", mode: "complete", feed: feed)
        )
        #expect(report.state == .applied, "\(report.held)")
        #expect(try reader().violations() == [])
        return report
    }

    private func deliverBoth(_ registry: Registry) async throws {
        _ = try await deliver("main", ["1001": ["2001", "2002"]], registry)
        _ = try await deliver("lyon", ["1001": ["2001"], "1009": ["2009"]], registry)
    }

    /// The ENT's line that the account is this feed's person.
    @discardableResult
    private func tell(_ account: String, _ key: String, _ feed: String, _ registry: Registry) async throws -> [String] {
        let report = try await registry.map([
            UserRecord(id: account, externalKey: key, profile: .relative, locale: nil, feed: feed)
        ])
        #expect(try reader().violations() == [])
        return report.warnings.map(\.code)
    }

    private func register(_ installation: String, of user: String, key: String? = nil, _ registry: Registry)
        async throws
    {
        try await registry.signIn(installation, of: user, key: key)
        #expect(try reader().violations() == [])
    }

    /// Who is concerned by posts to the classes of these schools: ENT id or key, through how many pupils, on how many devices.
    private func rung(_ schools: [String] = [main, lyon]) throws -> Set<String> {
        let reader = try reader()
        let audience = try reader.audience(
            of: schools.map { .schoolClass("CP", school: $0) },
            on: { _ in Sample.day },
            author: nil
        )
        return Set(
            try audience.persons.map { person in
                let name = try #require(try reader.person(person.person)).publicID
                return "\(name) \(person.through.count) \(try reader.route(person.person).count)"
            }
        )
    }

    @Test func `one account of two records is one guardian, rung once for both children`() async throws {
        try await folder.registry { registry async throws in
            try await deliverBoth(registry)
            try await register("phone", of: "nadia", registry)
            #expect(try await tell("nadia", "2001", "main", registry).isEmpty)
            #expect(try await tell("nadia", "2009", "lyon", registry).isEmpty)
            // Zoé's father has Nadia's key in the other feed and is somebody else.
            #expect(try rung() == ["nadia 2 1", "2002 1 0", "2001 1 0"])
            #expect(try rung([Self.lyon]) == ["nadia 1 1", "2001 1 0"])

            let reader = try reader()
            let nadia = try #require(try reader.person("nadia"))
            #expect(try reader.person("2009")?.id == nadia.id && reader.persons(named: "2001").count == 2)
            #expect(try reader.persons(meantBy: "lyon:2009").map(\.id) == [nadia.id])
            #expect(
                try reader.records(of: nadia.id).map { "\($0.feed ?? "")/\($0.key)" } == ["main/2001", "lyon/2009"]
            )
            for name in ["nadia", "2001", "2009"] { #expect(try reader.names([.user(name)], nadia.id)) }
            #expect(try reader.isTied(nadia.id, to: [Self.main]) && reader.isTied(nadia.id, to: [Self.lyon]))
            guard case .person(let shown) = try reader.explain("2009").first else {
                Issue.record("nobody has the key of the other feed")
                return
            }
            #expect(shown.pupils.count == 2 && shown.records.map(\.feed) == ["main", "lyon"])
            #expect(try reader.schools(uai: Self.lyon, after: nil, limit: 1).first?.guardiansWithDevice == 1)

            // Both feeds again, and the lines again: nothing to do.
            #expect(try await deliver("main", ["1001": ["2001", "2002"]], registry).changes == 0)
            #expect(try await deliver("lyon", ["1001": ["2001"], "1009": ["2009"]], registry).changes == 0)
            #expect(try await tell("nadia", "2009", "lyon", registry).isEmpty)
            #expect(try rung() == ["nadia 2 1", "2002 1 0", "2001 1 0"])
        }
    }

    @Test func `the ENT may speak before the feeds do, and at a registration`() async throws {
        try await folder.registry { registry async throws in
            try await tell("nadia", "2001", "main", registry)
            try await tell("nadia", "2009", "lyon", registry)
            try await register("phone", of: "nadia", registry)
            _ = try await deliver("lyon", ["1009": ["2009"]], registry)
            #expect(try rung() == ["nadia 1 1"])
            _ = try await deliver("main", ["1001": ["2001", "2002"]], registry)
            #expect(try rung() == ["nadia 2 1", "2002 1 0"])
            _ = try await deliver("lyon", ["1009": ["2009"], "1010": ["2010"]], registry)
            try await tell("karim", "2002", "main", registry)
            try await register("old", of: "karim", key: "2010", registry)
            #expect(try rung() == ["nadia 2 1", "karim 2 1"])
        }
    }

    @Test(arguments: ["main", "lyon"])
    func `one record goes, the other stays, and both are one again when it comes back`(gone: String) async throws {
        try await folder.registry { registry async throws in
            _ = try await deliver("main", ["1001": ["2001", "2002"]], registry)
            _ = try await deliver("lyon", ["1009": ["2009", "2010"]], registry)
            try await tell("nadia", "2001", "main", registry)
            try await tell("nadia", "2009", "lyon", registry)
            try await register("phone", of: "nadia", registry)
            let key = gone == "main" ? "2001" : "2009"
            // The pupil names the guardian still; the record is not there.
            func remove(_ isGone: Bool) async throws {
                if gone == "main" {
                    _ = try await deliver(
                        "main",
                        ["1001": ["2001", "2002"]],
                        adults: isGone ? ["2002"] : nil,
                        registry
                    )
                } else {
                    _ = try await deliver(
                        "lyon",
                        ["1009": ["2009", "2010"]],
                        adults: isGone ? ["2010"] : nil,
                        registry
                    )
                }
            }
            try await remove(true)
            #expect(try rung() == ["nadia 1 1", "2002 1 0", "2010 1 0"])
            #expect(try rung([gone == "main" ? Self.main : Self.lyon]) == [gone == "main" ? "2002 1 0" : "2010 1 0"])
            #expect(try reader().person(key)?.entID == "nadia")
            try await remove(false)
            #expect(try rung() == ["nadia 2 1", "2002 1 0", "2010 1 0"])
        }
    }

    @Test func `different accounts are different persons`() async throws {
        try await folder.registry { registry async throws in
            try await deliverBoth(registry)
            try await tell("nadia", "2001", "main", registry)
            try await tell("nadia-lyon", "2009", "lyon", registry)
            try await register("phone", of: "nadia", registry)
            #expect(try rung() == ["nadia 1 1", "nadia-lyon 1 0", "2002 1 0", "2001 1 0"])
        }
    }

    @Test func `a slip that is put right parts what was one`() async throws {
        try await folder.registry { registry async throws in
            try await deliverBoth(registry)
            try await register("phone", of: "karim", registry)
            try await tell("karim", "2002", "main", registry)
            try await tell("karim", "2001", "lyon", registry)
            #expect(try rung() == ["karim 2 1", "2001 1 0", "2009 1 0"])
            try await tell("zoe-father", "2001", "lyon", registry)
            #expect(try await tell("karim", "2009", "lyon", registry).isEmpty)
            #expect(try rung() == ["karim 2 1", "2001 1 0", "zoe-father 1 0"])
            // And without any account each record is alone.
            _ = try await registry.importing(
                [DirectoryChange(.removeUser(id: "karim"))],
                origin: ImportOrigin(format: "ndjson", mode: "delta"),
                scope: .changes
            )
            #expect(try rung() == ["2002 1 0", "2009 1 0", "2001 1 0", "zoe-father 1 0"])
            #expect(try reader().devices(.init(user: "karim"), after: nil, limit: 9).count == 1)
            #expect(try reader().violations() == [])
        }
    }

    @Test func `a pupil is never one with a guardian`() async throws {
        try await folder.registry { registry async throws in
            try await deliverBoth(registry)
            try await tell("nadia", "2001", "main", registry)
            try await register("phone", of: "nadia", registry)
            #expect(try await tell("nadia", "1009", "lyon", registry) == ["accountMoves"])
            #expect(try reader().person("nadia")?.key == "1009")
            #expect(try rung() == ["2001 1 0", "2002 1 0", "2009 1 0"])
            // Nor when nobody knew yet who it is.
            try await tell("karim", "2002", "main", registry)
            try await tell("karim", "1010", "lyon", registry)
            try await register("old", of: "karim", registry)
            _ = try await deliver("lyon", ["1001": ["2001"], "1009": ["2009"], "1010": ["2009"]], registry)
            #expect(try reader().person("karim")?.key == "2002" && reader().person("1010")?.entID == nil)
            #expect(try rung([Self.main]) == ["2001 1 0", "karim 1 1"])
        }
    }

    @Test func `who restricts or erases one restricts and erases both`() async throws {
        try await folder.registry { registry async throws in
            try await deliverBoth(registry)
            let alone = try #require(try reader().person("2009"))
            _ = try await registry.restrict(alone.id, true, now: TestFolder.start)
            try await tell("nadia", "2001", "main", registry)
            try await register("phone", of: "nadia", registry)
            try await tell("nadia", "2009", "lyon", registry)
            let nadia = try #require(try reader().person("nadia"))
            #expect(try reader().restriction(of: nadia.id) == TestFolder.start)

            let erased = try await registry.erase(nadia)
            #expect(erased.accounts == 1 && erased.devices == 1 && erased.links == 2)
            #expect(try rung() == ["2002 1 0", "2001 1 0"])
            #expect(try reader().person("2009") == nil && reader().persons(named: "2001").count == 1)
            #expect(try reader().violations() == [])
            _ = try await deliver("lyon", ["1001": ["2001"], "1009": ["2009"]], registry)
            #expect(try rung() == ["2002 1 0", "2001 1 0", "2009 1 0"])
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `whatever the ENT and the feeds say, in any order, nothing contradicts itself`(seed: UInt64) async throws {
        try await folder.registry { registry async throws in
            var random = SeededWalk(seed: seed)
            func any(_ words: [String]) -> String { words[Int.random(in: 0..<words.count, using: &random)] }
            let keys = ["k1", "k2", "k3", "k4"]
            for step in 0..<30 {
                let (account, key, feed) = (any(["a", "b", "c"]), any(keys), any(["main", "lyon"]))
                switch Int.random(in: 0..<6, using: &random) {
                case 0: try await register("i-\(step)", of: account, key: key, registry)
                case 1:
                    // The same key is a guardian in one delivery and a pupil in another.
                    let pupil = any(keys)
                    let adults = keys.filter { $0 != pupil && Bool.random(using: &random) }
                    _ = try await deliver(feed, [pupil: adults + ["other"]], registry)
                case 2:
                    _ = try await registry.importing(
                        [DirectoryChange(.removeUser(id: account))],
                        origin: ImportOrigin(format: "ndjson", mode: "delta"),
                        scope: .changes
                    )
                default: try await tell(account, key, feed, registry)
                }
                #expect(try reader().violations() == [], "seed \(seed), step \(step)")
            }
        }
    }
}
