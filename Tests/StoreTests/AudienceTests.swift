import DirectoryImport
import Domain
import Store
import StoreConformance
import Testing

/// Every event of the sample against `expected/audience.json`, with accounts and devices.
@Suite(.timeLimit(.minutes(1)))
struct AudienceTests {
    @Test(arguments: ["users last", "users first"])
    func `every audience reaches whom the ground truth names`(order: String) async throws {
        let folder = try TestFolder()
        try await folder.registry { registry async throws in
            if order == "users first" {
                _ = try await registry.map(Sample.users())
            }
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            try await Sample.register(in: registry)
            if order == "users last" {
                _ = try await registry.map(Sample.users())
            }

            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            let lines = try #require(try Sample.json("expected/audience.json")["events"]?.array)
            #expect(lines.count == 24)
            for line in lines { try check(line, "complet-2026-09-01", reader) }
            try await Sample.importAAF("delta-2026-09-15", mode: .delta, into: registry)
            for line in lines { try check(line, "after-delta-2026-09-15", reader) }
        }
    }

    private func check(_ line: JSONValue, _ state: String, _ reader: RegistryReader) throws {
        let file = try #require(line["file"]?.string)
        var event = try Sample.json("events/" + file)
        if let index = line["index"]?.int64 { event = try #require(event.array)[Int(index)] }
        let members = try #require(event["data"]?["audience"]?.array).map(member)
        let day = try franceDay(try #require(event["time"]?.string))
        let expected = try #require(line[state])

        let audience = try reader.audience(
            of: members,
            in: event["data"]?["school"]?.string,
            on: { _ in day },
            author: event["data"]?["author"]?["id"]?.string
        )

        func key(_ id: PersonID) throws -> String { try #require(try reader.person(id)?.key) }
        func texts(_ name: String) -> [String] { expected[name]?.array?.compactMap(\.string) ?? [] }
        let guardians = audience.persons.filter { $0.role == .guardian }
        var wanted: [String: [String]] = [:]
        for guardian in try #require(expected["guardians"]?.array) {
            wanted[try #require(guardian["guardian"]?.string)] = guardian["through"]?.array?.compactMap(\.string)
                .sorted()
        }
        var found: [String: [String]] = [:]
        for guardian in guardians { found[try key(guardian.person)] = try guardian.through.map(key).sorted() }
        #expect(found == wanted, "\(file) \(state)")
        #expect(Int64(audience.pupils) == expected["pupils"]?.int64, "\(file) \(state)")
        #expect(
            try audience.pupilsWithoutGuardian.map(key).sorted() == texts("pupilsWithoutGuardian").sorted(),
            "\(file) \(state)"
        )
        let others = audience.persons.filter { $0.role == .other && $0.withheld != .unknownUser }
        #expect(try others.map { try key($0.person) }.sorted() == texts("otherUsers").sorted(), "\(file) \(state)")
        #expect(
            audience.persons.contains { $0.role == .author } == expected["authorExcluded"]?.bool,
            "\(file) \(state)"
        )
        let school = event["data"]?["school"]?.string
        let unresolved = try members.filter { member in
            if case .nothing = try reader.find(member, in: school) { true } else { false }
        }
        #expect(unresolved.count == expected["unresolved"]?.array?.count, "\(file) \(state)")

        let routes = try (guardians + others).map { try reader.route($0.person).count }
        #expect(Int64(routes.reduce(0, +)) == expected["devices"]?.int64, "\(file) \(state)")
        let silent = try guardians.filter { try reader.route($0.person).isEmpty }.map { try key($0.person) }
        #expect(silent.sorted() == texts("guardiansWithoutDevice").sorted(), "\(file) \(state)")
    }

    private func member(_ value: JSONValue) throws -> AudienceMember {
        let member = try #require(value.object?.members.first)
        let key = try #require(member.value.string)
        switch member.name {
        case "class": return .schoolClass(key)
        case "school": return .school(key)
        case "pupil", "student": return .pupil(key)
        case "group": return .group(key)
        default: return .user(key)
        }
    }

    /// The day in France of a time between September and November 2026, written in UTC or in French time.
    private func franceDay(_ time: String) throws -> CalendarDay {
        let bytes = Array(time.utf8)
        let number = { (range: Range<Int>) in Int(String(decoding: bytes[range], as: UTF8.self)) ?? 0 }
        let day = try #require(CalendarDay(year: number(0..<4), month: number(5..<7), day: number(8..<10)))
        guard time.hasSuffix("Z") else { return day }
        // Summer time ends on 25 October 2026.
        let winter = try #require(CalendarDay(year: 2026, month: 10, day: 25))
        let hour = number(11..<13) + (day < winter ? 2 : 1)
        return hour < 24 ? day : CalendarDay(daysSince1970: day.daysSince1970 + 1)
    }
}
