import Domain
import Store
import Testing

/// Whom a random audience concerns.
extension RegistryCheck {
    func audience(_ random: inout SeededWalk) throws {
        func one<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
        let uais = ["0420001A", "0420002B", "0690001C", "0750001Z"]
        let members: [AudienceMember] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let own = Bool.random(using: &random) ? nil : one(uais)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return .school(one(uais))
            case 1: return .schoolClass(one(["c1", "c2", "C1"]), school: own)
            case 2: return .group("c1", school: own)
            case 3: return .pupil(one(RegistryModel.pupils + ["g1"]), school: own)
            default: return .user(one(RegistryModel.names))
            }
        }
        let school = Bool.random(using: &random) ? nil : one(uais)
        let author = Bool.random(using: &random) ? nil : one(RegistryModel.names)
        let schools = Bool.random(using: &random) ? nil : Set([one(uais)])
        let day = CalendarDay(daysSince1970: RegistryModel.day.daysSince1970 + .random(in: -1...1, using: &random))
        for member in members { try find(member, in: school, on: day) }

        let expected = state.audience(members, in: school, on: day, author: author, schools: schools)
        let audience = try reader.audience(of: members, in: school, on: { _ in day }, author: author, schools: schools)
        #expect(audience.persons.map(\.person) == audience.persons.map(\.person).sorted(), comment)
        let known = audience.persons.filter { $0.person.unknownIndex == nil }
        #expect(known.count == expected.persons.count, comment)
        for found in known {
            let who = try #require(person(found.person), comment)
            let through = Set(found.through.compactMap(person))
            #expect(found.through == found.through.sorted() && through.count == found.through.count, comment)
            let concerned = RegistryState.Concerned(role: found.role, through: through, withheld: found.withheld)
            #expect(expected.persons[who] == concerned, comment)
        }
        #expect(audience.unknownUsers == expected.unknown, comment)
        #expect(
            audience.persons.suffix(expected.unknown.count).map(\.withheld)
                == expected.unknown.map { _ in Reason.unknownUser },
            comment
        )
        #expect(audience.pupils == expected.pupils.count, comment)
        let alone = audience.pupilsWithoutGuardian
        #expect(alone == alone.sorted(), comment)
        #expect(Set(alone.compactMap(person)) == expected.pupilsWithoutGuardian, comment)

        // Read some at a time it is the same.
        var reading = try reader.audienceReading(
            of: members,
            in: school,
            on: { _ in day },
            author: author,
            schools: schools
        )
        var persons: [Audience.Person] = []
        while !reading.isAtEnd { persons += try reader.snapshot { try reading.next(max: 1, from: $0) } }
        #expect(persons == audience.persons && reading.pupils == audience.pupils, comment)
    }

    private func find(_ member: AudienceMember, in school: String?, on day: CalendarDay) throws {
        let found = try reader.find(member, in: school)
        switch (state.find(member, in: school), found) {
        case (.nothing, .nothing): break
        case (.several(let expected), .several(let uais)): #expect(uais == expected, comment)
        case (.person(let person), .person(let stored)): #expect(stored.id == ids[person], comment)
        case (.place(let name, let place), .place(let there)):
            let feed = try #require(state.feeds[name], comment)
            #expect(there.uai == feed.uai(place), comment)
            #expect(
                try reader.isAnybodyPresent(in: there, on: day) == !feed.present(in: place, on: day).isEmpty,
                comment
            )
        case (let expected, _): Issue.record("\(member) is \(found) and not \(expected): \(comment)")
        }
    }
}
