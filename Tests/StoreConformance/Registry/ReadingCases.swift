import Domain
import Store
import Testing

/// A large audience, read some persons at a time.
enum ReadingCases {
    static let all = [
        StoreCase("an audience read in slices is the whole, wherever it goes on", slices),
        StoreCase("an audience has the size it is said to have", sizes),
    ]

    /// 300 pupils in 3 classes of 100, with two guardians each, of whom every other is shared by neighbours.
    private static func deliver(_ registry: Registry) async throws {
        let pupils = (0..<300).map { number in
            (key: "p\(number)", schoolClass: "c\(number % 3)", guardians: ["a\(number)", "b\(number / 2)"])
        }
        let adults = (0..<300).map { "a\($0)" } + (0..<150).map { "b\($0)" }
        let report = try await registry.deliverSchool(pupils: pupils, adults: adults)
        #expect(report.state == .applied && report.diff.links.added == 600)
    }

    private static let members: [AudienceMember] = [
        .schoolClass("c0"), .user("nobody"), .schoolClass("c1"), .user("a299"), .schoolClass("c0"), .pupil("p2"),
        .user("p2"), .user("nobody else"), .user("nobody"),
    ]

    private static func slices(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliver(registry)
            let reader = try place.reader(registry)
            func reading(above person: PersonID? = nil) throws -> AudienceReading {
                try reader.audienceReading(of: members, on: { _ in StorePlace.day }, author: "a0", above: person)
            }
            let whole = try reader.audience(of: members, on: { _ in StorePlace.day }, author: "a0")
            // p2 shares a guardian with p3, who is in c0.
            #expect(whole.persons.count == 200 + 150 + 1 + 1 + 1 + 2 && whole.pupils == 201)
            #expect(whole.persons.first { $0.role == .author } != nil)
            #expect(whole.persons.suffix(2).map(\.withheld) == [.unknownUser, .unknownUser])
            for size in [1, 7, 64, 65, 5000] {
                var slice = try reading()
                var persons: [Audience.Person] = []
                while !slice.isAtEnd {
                    let next = try reader.snapshot { try slice.next(max: size, from: $0) }
                    #expect(next.count <= size)
                    persons += next
                }
                #expect(persons == whole.persons && slice.pupils == whole.pupils)
                #expect(slice.unknownUsers == ["nobody", "nobody else"])
                #expect(slice.pupilsWithoutGuardian == whole.pupilsWithoutGuardian)
            }
            for index in stride(from: 0, to: whole.persons.count, by: 29) {
                let rest = Array(whole.persons[(index + 1)...].prefix(3))
                var behind = try reading(above: whole.persons[index].person)
                #expect(try behind.next(max: 3, from: reader) == rest)
                var again = behind.restarted(above: whole.persons[index].person)
                #expect(try again.next(max: 3, from: reader) == rest)
            }
        }
    }

    private static func sizes(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliver(registry)
            let reader = try place.reader(registry)
            func size(_ members: [AudienceMember]) throws -> Int {
                try reader.audienceReading(of: members, on: { _ in StorePlace.day }, author: nil).size
            }
            #expect(try size([.school("0420001A")]) == 600, "links of the school")
            #expect(try size([.schoolClass("c0")]) == 200)
            #expect(try size([.user("a0"), .user("nobody")]) == 2)
            #expect(try size([]) == 0)
        }
    }
}
