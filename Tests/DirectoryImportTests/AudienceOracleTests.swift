import DirectoryImport
import Domain
import Testing

/// Class, school, group, pupil and user audiences computed from our records, against `expected/audience.json`.
///
/// A second oracle for the reader: a lost class, date or guardian shows as a missing parent.
struct AudienceOracleTests {
    struct Reach: Equatable {
        var pupils: Set<String> = []
        /// Guardians with the pupils they are concerned through.
        var guardians: [String: Set<String>] = [:]
    }

    @Test(arguments: ["complet-2026-09-01", "after-delta-2026-09-15"])
    func `every audience reaches whom the ground truth names`(state: String) throws {
        let directory = state == "complet-2026-09-01" ? try Directory.afterComplete() : try Directory.afterDelta()
        let users = try Self.users()
        let lines = try #require(try Sample.json("expected/audience.json")["events"]?.array)
        #expect(lines.count == 24)
        for line in lines {
            let name = try #require(line["file"]?.string)
            var event = try Sample.json("events/\(name)")
            if let index = line["index"]?.int64 { event = try #require(event.array)[Int(index)] }
            let expected = try #require(line[state])

            let reach = try Self.reach(of: event, directory, users)

            var wanted = Reach()
            for guardian in try #require(expected["guardians"]?.array) {
                let through = guardian["through"]?.array?.compactMap(\.string) ?? []
                wanted.guardians[try #require(guardian["guardian"]?.string)] = Set(through)
            }
            #expect(reach.guardians == wanted.guardians, "\(name)")
            #expect(Int64(reach.pupils.count) == expected["pupils"]?.int64, "\(name)")
        }
    }

    /// ENT user id to join key.
    static func users() throws -> [String: String] {
        var users: [String: String] = [:]
        let reader = UserNDJSONReader(file: "users.ndjson")
        _ = try reader.read(path: Sample.folder + "/directory/users.ndjson") { line in
            if case .user(let user) = line.item { users[user.id] = user.externalKey }
        }
        return users
    }

    static func reach(of event: JSONValue, _ directory: Directory, _ users: [String: String]) throws -> Reach {
        let data = try #require(event["data"])
        let day = try Self.day(try #require(event["time"]?.string))
        let key = { (id: String) in users[id] ?? id }
        var reach = Reach()
        for entry in try #require(data["audience"]?.array) {
            let member = try #require(entry.object?.members.first)
            let id = try #require(member.value.string)
            switch member.name {
            case "user":
                if directory.relatives[key(id)] != nil { reach.guardians[key(id), default: []].formUnion([]) }
            case "pupil", "student":
                if directory.pupils[key(id)] != nil { reach.pupils.insert(key(id)) }
            default:
                let school = directory.schools.values.first { $0.uai == id }?.key
                reach.pupils.formUnion(
                    directory.pupils.values.filter { pupil in
                        isPresent(pupil, member.name, school ?? id, day)
                    }.map(\.person.key)
                )
            }
        }
        let author = data["author"]?["id"]?.string.map(key)
        for pupil in reach.pupils {
            for guardian in directory.pupils[pupil]?.guardians ?? [] where directory.relatives[guardian.key] != nil {
                reach.guardians[guardian.key, default: []].insert(pupil)
            }
        }
        if let author { reach.guardians[author] = nil }
        return reach
    }

    /// Present in the place and in its school on that day.
    static func isPresent(_ pupil: PupilRecord, _ kind: String, _ id: String, _ day: CalendarDay) -> Bool {
        let on = pupil.memberships.filter { ($0.from ?? day) <= day && day <= ($0.to ?? day) }.map(\.place)
        return on.contains { place in
            switch (kind, place) {
            case ("school", .school(let key)): key == id
            case ("class", .schoolClass(let key, let school, _)), ("group", .group(let key, let school, _)):
                key == id && on.contains(.school(key: school))
            default: false
            }
        }
    }

    /// The day in France: all events of the sample lie between 1 September and 30 November 2026.
    static func day(_ time: String) throws -> CalendarDay {
        let number = { (range: Range<Int>) in Int(String(decoding: Array(time.utf8)[range], as: UTF8.self)) ?? 0 }
        let day = try #require(CalendarDay(year: number(0..<4), month: number(5..<7), day: number(8..<10)))
        guard time.hasSuffix("Z") else { return day }
        // Summer time ends on 25 October 2026.
        let winter = try #require(CalendarDay(year: 2026, month: 10, day: 25))
        let offset = day < winter ? 2 : 1
        return number(11..<13) + offset < 24 ? day : CalendarDay(daysSince1970: day.daysSince1970 + 1)
    }
}
