import Database
import Domain
import Store
import Testing

/// What is asked of single persons, and what the registry forgets of one.
enum PersonalCases {
    static let all = [
        StoreCase("a member of an audience concerns a pupil on a day", concerns),
        StoreCase("many who are restricted are found among those asked for", restricted),
        StoreCase("a person's record holds what is known, and is empty when erased", record),
        StoreCase("an erasure goes into what imports said", reports),
        StoreCase("the switch of a school outlives its deliveries", switched),
        StoreCase("a refused wish changes nothing, and the last word counts", wishes),
    ]

    private static func concerns(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let day = StorePlace.day
            let pupil = PupilRecord(
                person: PersonRecord(key: "p", lastName: "", firstName: ""),
                memberships: [
                    .init(place: .school(key: "s")),
                    .init(place: .schoolClass(key: "c1", school: "s", name: ""), to: day),
                    .init(
                        place: .group(key: "c2", school: "s", name: ""),
                        from: CalendarDay(daysSince1970: day.daysSince1970 + 1)
                    ),
                ],
                guardians: []
            )
            _ = try await registry.importing([
                DirectoryChange(.put(.school(SchoolRecord(key: "s", uai: "0420001A", name: "")))),
                DirectoryChange(.put(.pupil(pupil))),
            ])
            let reader = try place.reader(registry)
            let id = try #require(try reader.person("p")).id
            func concerns(_ members: [AudienceMember], after days: Int32 = 0) throws -> Bool {
                let day = CalendarDay(daysSince1970: day.daysSince1970 + days)
                return try reader.concerns(members, pupil: id, on: day)
            }
            #expect(try concerns([.schoolClass("c1")]) && !concerns([.schoolClass("c1")], after: 1))
            #expect(try !concerns([.group("c2")]) && concerns([.group("c2")], after: 1))
            #expect(try !concerns([.group("c1"), .schoolClass("c2")]), "a class is no group")
            #expect(try concerns([.schoolClass("c1", school: "0420001A")]))
            #expect(try !concerns([.schoolClass("c1", school: "0420001B")]))
            #expect(try concerns([.school("0420001A")]) && !concerns([.school("0420001a")]))
            #expect(try concerns([.pupil("p")]) && concerns([.user("p")]) && !concerns([.pupil("P")]) && !concerns([]))
            let place = try reader.find(.schoolClass("c1"), in: nil)
            guard case .place(let there) = place else {
                Issue.record("\(place)")
                return
            }
            #expect(try reader.isAnybodyPresent(in: there, on: day))
            #expect(try !reader.isAnybodyPresent(in: there, on: CalendarDay(daysSince1970: day.daysSince1970 + 1)))
            #expect(try reader.schools(ofPupils: [id, PersonID(rawValue: 99)]) == [id: ["0420001A"]])
            #expect(try reader.guardians(ofPupils: [id]) == [:])
        }
    }

    private static func restricted(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            let reader = try place.reader(registry)
            let session = try place.registrySession()
            let asked = (0..<1200).map { PersonID(rawValue: $0) }
            var count = Int64(0)
            // Few are read whole, many are looked for.
            for next in [0, 1, 31, 32, 33, 700] as [Int64] {
                while count < next {
                    try session.run("INSERT INTO restriction(person, at) VALUES (?, 5)", 2 * count)
                    count += 1
                }
                let expected = asked.filter { $0.rawValue.isMultiple(of: 2) && $0.rawValue < 2 * count }
                #expect(try reader.restricted(of: asked).sorted() == expected)
                #expect(try reader.restricted(of: [PersonID(rawValue: 1)]).isEmpty && reader.restricted(of: []).isEmpty)
            }
            let person = PersonID(rawValue: 3)
            let first = try await registry.restrict(person, true, now: now)
            let again = try await registry.restrict(person, true, now: now + .seconds(9))
            #expect(first && !again)
            #expect(try reader.restriction(of: person) == now, "since the first time")
            let lifted = try await registry.restrict(person, false, now: now)
            #expect(try lifted && reader.restriction(of: person) == nil)
        }
    }

    private static func record(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            _ = try await registry.deliverSchool()
            try await registry.signIn("i-1", of: "zoé", key: "g2")
            try await registry.signIn("i-2", of: "paul", key: "g1")
            for user in ["zoé", "paul"] {
                _ = try await registry.changeWishes(of: user, now: now) { before throws(StoreError) in
                    var after = before
                    after.wishes.set("BLOG.PUBLISH-POST", push: false)
                    return after
                }
            }
            let reader = try place.reader(registry)
            let person = try #require(try reader.person("zoé"))
            let device = try #require(try reader.device(installation: "i-1")).id
            let record = try reader.record(of: person)
            #expect(record.lastName == "Léa" && record.firstName == "First g2" && record.restrictedSince == nil)
            #expect(record.entry.kind == .guardian && record.entry.pupils.map(\.key) == ["p2"])
            #expect(record.devices.map(\.installation) == ["i-1"])
            #expect(record.devices.first?.history.map(\.reason) == ["registered"])
            #expect(record.choices.map(\.account) == ["zoé"])
            #expect(try reader.names(of: person) == ["zoé", "g2"])

            let erased = try await registry.erase(person)
            #expect([erased.accounts, erased.devices, erased.links] == [1, 1, 1])
            try await registry.endErasure()
            #expect(try reader.person("zoé") == nil && reader.person("g2") == nil)
            #expect(try reader.history(of: device).isEmpty && reader.device(device) == nil)
            #expect(try reader.wishes(ofAccount: "zoé") == StoredWishes())
            #expect(try reader.wishes(ofAccount: "paul").version == 1, "another's stay")
            let left = try #require(try reader.person(person.id))
            #expect(left.kind == .unknown && left.key == nil && left.entID == nil && left.publicID == "")
            #expect(try reader.firstNames(of: [person.id]) == [:])
            // The directory's next delivery brings a new person.
            let back = try await registry.deliverSchool()
            #expect(back.diff.guardians.added == 1)
            #expect(try reader.person("g2").map { $0.id != person.id } == true)
        }
    }

    private static func reports(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let warnings = ["g2", "g22"].map {
                ImportWarning(file: "f", line: 1, record: $0, code: "x", detail: "about \($0)")
            }
            let change = DirectoryChange(.put(.guardian(.init(key: "g2", lastName: "", firstName: ""))))
            let report = try await registry.importing([change], warnings: warnings)
            let reader = try place.reader(registry)
            let person = try #require(try reader.person("g2"))
            _ = try await registry.erase(person)
            let isErasing = try await registry.isErasing()
            #expect(isErasing)
            try await registry.endErasure()
            let ended = try await registry.isErasing()
            #expect(!ended)
            let stored = try #require(try reader.storedImport(report.id)).report["warnings"]?.array
            #expect(stored?.map { $0["record"] } == ["erased", "g22"])
            #expect(stored?.map { $0["detail"] } == ["erased", "about g22"])
        }
    }

    private static func switched(_ place: StorePlace) async throws {
        let now = StorePlace.start
        func deliver(_ schools: [(String, String)], _ registry: Registry) async throws {
            let changes = schools.map { DirectoryChange(.put(.school(SchoolRecord(key: $0, uai: $1, name: "")))) }
            let report = try await registry.importing(changes)
            guard report.state == .held else { return }
            let approval = ImportApproval(id: report.id, isConfirmed: false, actor: "lea")
            let approved = try await registry.importing(changes, approval: approval)
            #expect(approved.state == .applied)
        }
        try await place.registry { registry in
            try await deliver([("1", "A"), ("2", "B")], registry)
            let first = try await registry.activate("a", false, now: now)
            let again = try await registry.activate("A", false, now: now)
            let unknown = try await registry.activate("C", false, now: now)
            #expect(first == true && again == false && unknown == nil)
            try await deliver([("2", "B")], registry)
            let reader = try place.reader(registry)
            #expect(try reader.school(uai: "A") == nil)
            try await deliver([("7", "A"), ("2", "B")], registry)
            #expect(try reader.school(uai: "A")?.isActive == false && reader.school(uai: "B")?.isActive == nil)
            // Two schools exchange their codes.
            try await deliver([("7", "B"), ("2", "A")], registry)
            #expect(try reader.schools(after: nil, limit: 9).map(\.school.uai) == ["A", "B"])
            #expect(try reader.school(uai: "A")?.isActive == false)
        }
    }

    private static func wishes(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            try await registry.signIn("i-1", of: "old", key: "g")
            try await registry.signIn("i-2", of: "new", key: "g")
            func choose(_ user: String, _ seconds: Int64, _ locale: String?, refused: Bool = false) async throws
                -> Result<StoredWishes, StoreError>
            {
                try await registry.changeWishes(of: user, now: now + .seconds(seconds)) { before throws(StoreError) in
                    if refused { throw .stopped }
                    var after = before
                    after.wishes.locale = locale
                    return after
                }
            }
            let reader = try place.reader(registry)
            let person = try #require(try reader.person("g")).id
            #expect(try reader.wishes(of: [person]) == [:])
            _ = try await choose("new", 1, "fr")
            _ = try await choose("old", 2, nil)
            #expect(try reader.wishes(of: [person]) == [person: Wishes()], "the last word is that of either account")
            _ = try await choose("new", 3, "br")
            #expect(try reader.wishes(of: [person])[person]?.locale == "br")
            let refused = try await choose("new", 4, "de", refused: true)
            #expect(throws: StoreError.stopped) { try refused.get() }
            #expect(try reader.wishes(ofAccount: "new").version == 2)
            let addresses = try reader.addresses(of: try reader.devices(.init(), after: nil, limit: 9).map(\.id))
            #expect(try Set(addresses.values.map { try $0.get().locale }) == ["br", nil])
        }
    }
}
