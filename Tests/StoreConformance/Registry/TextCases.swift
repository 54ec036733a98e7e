import Domain
import Store
import Testing

/// Names are bytes: no letter case, no spelling of accents, no character with a meaning of its own.
enum TextCases {
    static let all = [
        StoreCase("accounts are told apart by their bytes", accounts),
        StoreCase("installations begin with bytes, and come in their order", installations),
        StoreCase("keys of the directory are told apart by their bytes", keys),
        StoreCase("an address has one row, whatever the letter case of its account", targets),
        StoreCase("the code of a school has no letter case", schools),
    ]

    /// Each another text, though some look alike.
    private static let names = [
        "zoé", "Zoé", "zoe", "zoe\u{301}", "zo%", "zo_", "zo'\"\\", "\u{1F600}", "ß", "SS", "i", "İ", "1", "01",
    ]

    private static func accounts(_ place: StorePlace) async throws {
        try await place.registry { registry in
            for (number, name) in names.enumerated() { try await registry.signIn("i-\(number)", of: name) }
            let reader = try place.reader(registry)
            var persons: Set<PersonID> = []
            for (number, name) in names.enumerated() {
                let person = try #require(try reader.person(name))
                persons.insert(person.id)
                #expect(person.entID.map(ExactText.init) == ExactText(name))
                #expect(try reader.accounts(of: person.id).map(ExactText.init) == [ExactText(name)])
                #expect(
                    try reader.devices(.init(account: name), after: nil, limit: 99).map(\.installation) == [
                        "i-\(number)"
                    ]
                )
                #expect(try reader.targets(of: name, provider: .some) { $0 }.count == 1)
            }
            #expect(persons.count == names.count)
            #expect(try reader.person("ZOÉ") == nil && reader.person("zo") == nil && reader.person("") == nil)
            for (number, name) in names.enumerated() {
                let chosen: Result<StoredWishes, StoreError> = try await registry.changeWishes(
                    of: name,
                    now: StorePlace.start
                ) { before throws(StoreError) in
                    var after = before
                    after.timeline = "\(number)"
                    return after
                }
                #expect(try chosen.get().version == 1)
            }
            for (number, name) in names.enumerated() {
                #expect(try reader.wishes(ofAccount: name).timeline == "\(number)")
            }
        }
    }

    private static func installations(_ place: StorePlace) async throws {
        let all = ["a", "a-1", "A-1", "a-2", "a.1", "a_1", "a:1", "b", "ab"]
        try await place.registry { registry in
            for name in all { try await registry.signIn(name, of: "u-" + name) }
            let reader = try place.reader(registry)
            func found(_ prefix: String, limit: Int = 99) throws -> [String] {
                try reader.installations(prefix: prefix, limit: limit)
            }
            let inOrder = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(try found("") == inOrder)
            #expect(try found("a") == inOrder.filter { $0.utf8.starts(with: "a".utf8) })
            #expect(try found("a", limit: 2) == ["a", "a-1"])
            #expect(try found("a_") == ["a_1"])
            #expect(try found("a%").isEmpty && found("A") == ["A-1"])
            for name in all {
                #expect(try reader.device(installation: name)?.ownerID == "u-" + name)
                #expect(try reader.device(installation: name, of: "u-" + name) != nil)
                #expect(try reader.device(installation: name, of: "U-" + name) == nil)
                #expect(try reader.devices(.init(installation: name), after: nil, limit: 9).count == 1)
            }
            let revoked = try await registry.revoke("a-1", now: StorePlace.start)
            #expect(revoked == true)
            #expect(try reader.devices(.init(state: .disabled), after: nil, limit: 9).map(\.installation) == ["a-1"])
        }
    }

    private static func keys(_ place: StorePlace) async throws {
        try await place.registry { registry in
            let report = try await registry.deliverSchool(
                pupils: names.map { ("p" + $0, "c" + $0, ["g" + $0]) },
                adults: names.map { "g" + $0 }
            )
            #expect(
                report.state == .applied && report.diff.guardians.added == names.count
                    && report.diff.classes.added == names.count
            )
            let reader = try place.reader(registry)
            for name in names {
                let audience = try reader.audience(
                    of: [.schoolClass("c" + name)],
                    on: { _ in StorePlace.day },
                    author: nil
                )
                let guardian = try #require(audience.persons.first)
                #expect(audience.persons.count == 1 && audience.pupils == 1)
                #expect(try reader.person(guardian.person)?.key.map(ExactText.init) == ExactText("g" + name))
                #expect(try reader.records(of: guardian.person).map { ExactText($0.key) } == [ExactText("g" + name)])
                let pupil = try #require(guardian.through.first)
                #expect(try reader.concerns([.schoolClass("c" + name)], pupil: pupil, on: StorePlace.day))
                #expect(
                    try !reader.concerns(
                        [.schoolClass("C" + name), .pupil("P" + name)],
                        pupil: pupil,
                        on: StorePlace.day
                    )
                )
            }
            #expect(try reader.unknownClasses(["czoé", "cZOÉ", "czo"]) == ["cZOÉ", "czo"])
            let again = try await registry.deliverSchool(
                pupils: names.map { ("p" + $0, "c" + $0, ["g" + $0]) },
                adults: names.map { "g" + $0 }
            )
            #expect(again.changes == 0)
        }
    }

    private static func targets(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await registry.signIn("i-1", of: "zoé", token: "Token")
            try await registry.signIn("i-2", of: "Zoé", token: "token")
            try await registry.signIn("i-3", of: "Zoé", token: "Token")
            let reader = try place.reader(registry)
            let rows = try reader.devices(.init(), after: nil, limit: 9)
            #expect(rows.map(\.installation) == ["i-2", "i-3"], "the same address moved, another did not")
            try await registry.remove(target: .sample("TOKEN"), of: Account(userID: "Zoé", externalKey: nil))
            try await registry.remove(target: .sample("token"), of: Account(userID: "zoé", externalKey: nil))
            try await registry.remove(target: .sample("token", .other), of: Account(userID: "Zoé", externalKey: nil))
            #expect(try reader.devices(.init(), after: nil, limit: 9).count >= 1)
            try await registry.remove(target: .sample("Token"), of: Account(userID: "Zoé", externalKey: nil))
            #expect(try reader.devices(.init(installation: "i-3"), after: nil, limit: 9).isEmpty)
        }
    }

    private static func schools(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await registry.deliverSchool(uai: "0420001a")
            let reader = try place.reader(registry)
            #expect(try reader.school(uai: "0420001A")?.name == "School of main")
            #expect(try reader.schools(uai: "0420001a", after: nil, limit: 9).count == 1)
            #expect(try reader.schools(after: "0420001A", limit: 9).isEmpty)
            #expect(try reader.schools(after: nil, limit: 0).isEmpty)
            let school = try await registry.school(uai: "0420001A", feed: "main")
            #expect(school == SchoolRecord(key: "s", uai: "0420001A", name: "School of main"))
            let foreign = try await registry.school(uai: "0420001A", feed: "Main")
            #expect(foreign == nil)
        }
    }
}
