import DirectoryImport
import Domain
import Providers
import Store
import StoreConformance
import Testing

/// Feeds, keys and accounts: what belongs together and what never does.
@Suite(.timeLimit(.minutes(1)))
struct FeedTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try SQLiteStores(folder: folder.path).registryReader(seal: nil) }

    private func academy(_ name: String, feed: String, into registry: Registry) async throws -> ImportReport {
        try await Sample.importAAF(name, in: Sample.field + "/01-two-academies", feed: feed, into: registry)
    }

    private func guardians(_ member: AudienceMember, in school: String?) throws -> [String] {
        let reader = try reader()
        let audience = try reader.audience(of: [member], in: school, on: { _ in Sample.day }, author: nil)
        return try audience.persons.filter { $0.role == .guardian }.map { person in
            let stored = try #require(try reader.person(person.person))
            return "\(stored.feed)/\(stored.key ?? "")"
        }
    }

    @Test func `two academies with equal keys stay two in two feeds`() async throws {
        try await folder.registry { registry async throws in
            #expect(try await academy("ac10", feed: "main", into: registry).state == .applied)
            #expect(try await academy("ac26", feed: "lyon", into: registry).state == .applied)

            let reader = try reader()
            #expect(try reader.persons(named: "9201").map(\.feed) == [1, 2])
            #expect(try reader.person("9201") == nil)
            // An operator says which; what cannot be told apart is no filter for a person nobody knows.
            let meant = try reader.persons(meantBy: "lyon:9201")
            let second = try reader.persons(named: "9201")[1].id
            #expect(meant.map(\.feed) == [2] && meant.map(\.id) == [second])
            #expect(try reader.persons(meantBy: "paris:9201").isEmpty)
            try await folder.queue { _ in
                var words = FilterWords()
                words[.user] = ["9201"]
                let queue = try folder.reader()
                #expect(throws: FilterWords.WordError.several(.user, word: "9201", known: ["main:9201", "lyon:9201"])) {
                    try words.resolve(queue: queue, registry: reader, now: TestFolder.start)
                }
                words[.user] = ["lyon:9201"]
                let filter = try words.resolve(queue: queue, registry: reader, now: TestFolder.start)
                #expect(filter.user == .known(meant[0].id))
            }
            for member in [AudienceMember.schoolClass("70011"), .pupil("9001")] {
                #expect(try guardians(member, in: "0420001A") == ["1/9201"])
                #expect(try guardians(member, in: "0690001B") == ["2/9201"])
                #expect(try reader.find(member, in: nil) == .several(["0420001A", "0690001B"]))
                #expect(try guardians(member, in: nil).isEmpty)
            }
            // Its own school wins over that of the event, and is looked in alone.
            #expect(try guardians(.schoolClass("70011", school: "0690001B"), in: "0420001A") == ["2/9201"])
            #expect(try reader.find(.schoolClass("70011", school: "0420009Z"), in: "0420001A") == .nothing)
            #expect(try reader.find(.pupil("9001", school: "0690001B"), in: nil) != .nothing)

            // The first one again changes nothing of the second.
            let again = try await academy("ac10", feed: "main", into: registry)
            #expect(again.state == .applied && again.changes == 0)
            #expect(try guardians(.school("0690001B"), in: nil) == ["2/9201"])
        }
    }

    @Test func `two academies in one feed are held, and both schools are named`() async throws {
        try await folder.registry { registry async throws in
            _ = try await academy("ac10", feed: "main", into: registry)
            let held = try await academy("ac26", feed: "main", into: registry)
            #expect(held.state == .held)
            let detail = try #require(held.held.first { $0.limit == "schoolCode" }?.detail)
            #expect(detail.contains("0420001A") && detail.contains("0690001B"))
            #expect(try guardians(.pupil("9001"), in: nil) == ["1/9201"])
        }
    }

    @Test func `two academies in one delivery are held, and both places are named`() async throws {
        try await folder.registry { registry async throws in
            var changes: [DirectoryChange] = []
            for name in ["ac10", "ac26"] {
                let paths = [Sample.field + "/01-two-academies/" + name]
                _ = try AAFReader(mode: .complete).read(AAFExport(paths: paths)) { changes.append(.init($0)) }
            }
            let held = try await registry.importing(changes)
            #expect(held.state == .held)
            let detail = try #require(held.held.first { $0.limit == "schoolCode" }?.detail)
            #expect(detail.contains("ENT42_Complet_20260901_EtabEducNat_0000.xml:5"))
            #expect(detail.contains("ENT69_Complet_20260901_EtabEducNat_0000.xml:5"))
            #expect(Set(held.warnings.map(\.code)) == ["duplicateKey"])
        }
    }

    @Test func `one UAI in a second feed is held`() async throws {
        try await folder.registry { registry async throws in
            _ = try await academy("ac10", feed: "main", into: registry)
            let held = try await academy("ac10", feed: "lyon", into: registry)
            #expect(held.state == .held)
            let detail = try #require(held.held.first?.detail)
            #expect(detail.contains("of feed main") && detail.contains("of feed lyon"))
        }
    }

    @Test func `of one id twice the later record counts as a whole`() async throws {
        try await folder.registry { registry async throws in
            let report = try await Sample.importAAF("09-one-id-twice", in: Sample.field, into: registry)
            let warning = try #require(report.warnings.first { $0.code == "duplicateKey" })
            #expect(warning.record == "9001" && warning.line > 0)
            #expect(warning.detail.contains("Eleve_0000.xml:5"))
            #expect(try guardians(.pupil("9001"), in: nil) == ["1/9202"])
            #expect(try guardians(.schoolClass("70011"), in: nil).isEmpty)
            #expect(try guardians(.schoolClass("70012"), in: nil) == ["1/9202"])
        }
    }

    @Test func `equal records twice are no warning, many different ones hold the delivery`() async throws {
        try await folder.registry { registry async throws in
            let persons = (0..<100).map { PersonRecord(key: "g\($0)", lastName: "L", firstName: "") }
            func changes(different: Int) -> [DirectoryChange] {
                let later = persons.enumerated().map { index, person in
                    PersonRecord(key: person.key, lastName: index < different ? "M" : "L", firstName: "")
                }
                return (persons + later).map { DirectoryChange(.put(.guardian($0)), file: "f", line: 1) }
            }
            let equal = try await registry.importing(changes(different: 0))
            #expect(equal.state == .applied && equal.warnings.isEmpty)
            let few = try await registry.importing(changes(different: 4))
            #expect(few.state == .applied && few.warnings.count == 4)
            let many = try await registry.importing(changes(different: 5))
            #expect(many.state == .held && many.held.map(\.limit) == ["duplicateKeys"])
        }
    }

    @Test func `ids are compared without white space around, and with controls they are refused`() async throws {
        try await folder.registry { registry async throws in
            let report = try await registry.importing([
                DirectoryChange(.put(.guardian(.init(key: "\u{200B}g1\u{A0}", lastName: "A", firstName: "")))),
                DirectoryChange(
                    .put(.guardian(.init(key: "g\u{202E}2", lastName: "B", firstName: ""))),
                    file: "f",
                    line: 7
                ),
            ])
            #expect(try reader().person("\u{FEFF}g1 ")?.key == "g1")
            #expect(report.warnings.map(\.code) == ["identifierRefused"])
            #expect(report.warnings.map(\.record) == ["g<U+202E>2"])
        }
    }

    @Test func `both accounts of one person ring, each device once`() async throws {
        try await folder.registry { registry async throws in
            _ = try await academy("ac10", feed: "main", into: registry)
            var users: [UserRecord] = []
            _ = try UserNDJSONReader(file: "users").read(path: Sample.field + "/21-two-accounts.ndjson") { line in
                if case .user(let user) = line.item { users.append(user) }
            }
            let mapped = try await registry.map(users)
            #expect(mapped.state == .applied && mapped.diff.users.added == 2)
            for account in ["acc-old", "acc-new"] {
                for number in 0..<Limits().devicesPerAccount {
                    try await registry.signIn("\(account)-\(number)", of: account)
                }
            }
            let reader = try reader()
            let person = try #require(try reader.person("9201"))
            #expect(try reader.accounts(of: person.id) == ["acc-old", "acc-new"])
            #expect(try reader.person("acc-new")?.id == person.id)
            // Whoever is named is named by either, and by the feed's key.
            for name in ["acc-old", "acc-new", "9201"] { #expect(try reader.names([.user(name)], person.id)) }
            #expect(try !reader.names([.user("acc")], person.id))
            // The limit is the account's.
            #expect(try reader.route(person.id).count == 2 * Limits().devicesPerAccount)
            #expect(
                try reader.devices(.init(account: "acc-old"), after: nil, limit: 100).count
                    == Limits().devicesPerAccount
            )

            // Signing out of one account leaves the other's.
            try await registry.remove(installation: "acc-old-0", of: Account(userID: "acc-new", externalKey: nil))
            #expect(try reader.route(person.id).count == 2 * Limits().devicesPerAccount)
            // The same phone under the other account is still one device.
            try await registry.signIn("acc-old-1", of: "acc-new")
            #expect(try reader.route(person.id).count == 2 * Limits().devicesPerAccount - 1)
            let again = try await registry.map(users)
            #expect(again.changes == 0)
        }
    }

    @Test func `an account that leaves a feed's person for another feed's is named`() async throws {
        try await folder.registry { registry async throws in
            _ = try await academy("ac10", feed: "main", into: registry)
            _ = try await academy("ac26", feed: "lyon", into: registry)
            func give(_ key: String, _ feed: String) async throws -> ImportReport {
                let user = UserRecord(id: "acc", externalKey: key, profile: .relative, locale: nil, feed: feed)
                return try await registry.importing(
                    [DirectoryChange(.putUser(user), file: "users", line: 3)],
                    origin: ImportOrigin(format: "ndjson", mode: "delta"),
                    scope: .changes
                )
            }
            #expect(try await give("9201", "main").warnings.isEmpty)
            #expect(try await give("9201", "main").warnings.isEmpty)
            // A guardian there, a pupil here: never one person.
            let moved = try await give("9001", "lyon")
            #expect(moved.state == .applied && moved.warnings.map(\.code) == ["accountMoves"])
            let warning = try #require(moved.warnings.first)
            #expect((warning.file, warning.line, warning.record) == ("users", 3, "acc"))
            #expect(warning.detail.contains("9201 in feed main") && warning.detail.contains("in feed lyon"))
            #expect(try reader().person("acc")?.feed == 2)
        }
    }
}
