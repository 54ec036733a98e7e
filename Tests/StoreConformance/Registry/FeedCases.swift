import Domain
import Store
import Testing

/// Keys that several feeds have, and records that one account makes one person.
enum FeedCases {
    static let all = [
        StoreCase("equal keys of two feeds are two persons and two places", apart),
        StoreCase("one account of two records makes them one person", union),
        StoreCase("the ENT names the feed's person at a registration", named),
        StoreCase("the guardians that a feed has are told for its pupils", guardianKeys),
    ]

    private static func deliverBoth(_ registry: Registry) async throws {
        _ = try await registry.deliverSchool()
        _ = try await registry.deliverSchool(
            "lyon",
            uai: "0690001B",
            pupils: [("p1", "c1", ["g1"]), ("p9", "c9", ["g9"])],
            adults: ["g1", "g9"]
        )
    }

    private static func apart(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliverBoth(registry)
            let reader = try place.reader(registry)
            let both = try reader.persons(named: "g1")
            #expect(both.count == 2 && both[0].feed < both[1].feed && both.allSatisfy { $0.kind == .guardian })
            #expect(try reader.person("g1") == nil)
            #expect(try both.map(reader.distinctName) == ["main:g1", "lyon:g1"])
            #expect(try reader.persons(meantBy: "lyon:g1") == [both[1]])
            #expect(try reader.persons(meantBy: "main:g1") == [both[0]])
            #expect(try reader.persons(meantBy: "Lyon:g1").isEmpty && reader.persons(meantBy: "lyon:g2").isEmpty)
            for member in [AudienceMember.schoolClass("c1"), .pupil("p1"), .user("g1")] {
                #expect(try reader.find(member, in: nil) == .several(["0420001A", "0690001B"]))
                #expect(try reader.find(member, in: "0750001Z") == .several(["0420001A", "0690001B"]))
                let here = try reader.audience(of: [member], in: "0690001B", on: { _ in StorePlace.day }, author: nil)
                #expect(here.persons.map(\.person) == [both[1].id])
            }
            let own = AudienceMember.schoolClass("c1", school: "0420001A")
            #expect(
                try reader.audience(of: [own], in: "0690001B", on: { _ in StorePlace.day }, author: nil).pupils == 2
            )
            #expect(try reader.find(.pupil("p1", school: "0750001Z"), in: nil) == .nothing)
            func schools(_ member: AudienceMember) throws -> [String] {
                try reader.schools(of: member, found: reader.find(member, in: nil))
            }
            #expect(try schools(own) == ["0420001A"] && schools(.school("X")) == ["X"])
            #expect(try schools(.schoolClass("c9")) == ["0690001B"] && schools(.pupil("p9")) == ["0690001B"])
            #expect(try schools(.user("g9")).isEmpty && schools(.pupil("p1")).isEmpty)
            #expect(try reader.names(of: both[0]).isEmpty, "a key that is another's, too, is no name")
            #expect(try reader.names(of: try #require(try reader.person("g2"))) == ["g2"])
        }
    }

    private static func union(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliverBoth(registry)
            try await registry.signIn("i-1", of: "nadia")
            let told = Told<DeviceID>()
            registry.deviceChanges.observe { told.add($0) }
            func tell(_ key: String, _ feed: String) async throws -> ImportReport {
                try await registry.map([
                    UserRecord(id: "nadia", externalKey: key, profile: .relative, locale: "fr", feed: feed)
                ])
            }
            let reader = try place.reader(registry)
            let device = try #require(try reader.device(installation: "i-1")).id
            _ = try await tell("g2", "main")
            #expect(told.take() == [device], "its owner is another")
            let second = try await tell("g9", "lyon")
            #expect(second.diff.users.changed == 1 && second.warnings.isEmpty)
            #expect(told.take() == [], "a guardian keeps her number")

            let nadia = try #require(try reader.person("nadia"))
            let records = try reader.records(of: nadia.id)
            #expect(records.map(\.key) == ["g2", "g9"] && records.map(\.feed) == ["main", "lyon"])
            #expect(try reader.person("g9")?.id == nadia.id && reader.person("g2")?.id == nadia.id)
            #expect(try Set(reader.names(of: nadia)) == ["nadia", "g2", "g9"])
            let members: [AudienceMember] = [.school("0420001A"), .school("0690001B")]
            let audience = try reader.audience(of: members, on: { _ in StorePlace.day }, author: nil)
            let own = try #require(audience.persons.first { $0.person == nadia.id })
            #expect(own.through.count == 2 && audience.persons.count == 3)
            #expect(try reader.isTied(nadia.id, to: ["0690001B"]) && reader.isTied(nadia.id, to: ["0420001A"]))
            #expect(try reader.names([.user("g9")], nadia.id) && !reader.names([.pupil("g9")], nadia.id))
            // Who was told by the number of the other record is she now.
            let others = (1...60).map { PersonID(rawValue: $0) }
            let standing = try reader.standing(for: others)
            #expect(Array(standing.values) == [nadia.id] && standing[nadia.id] == nil)
            let other = try #require(standing.keys.first)
            #expect(try reader.routes(of: [nadia.id, other]).owners(of: others) == [nadia.id])
            #expect(try reader.violations() == [])

            let parted = try await registry.importing(
                [DirectoryChange(.removeUser(id: "nadia"))],
                origin: ImportOrigin(format: "ndjson", mode: "delta"),
                scope: .changes
            )
            #expect(parted.diff.users.removed == 1)
            #expect(told.take() == [device])
            #expect(try reader.standing(for: others) == [:])
            #expect(try reader.person("g9")?.id == other && reader.person("nadia")?.kind == .unknown)
            let alone = try #require(try reader.person("nadia")).id
            #expect(try reader.routes(of: others).owners(of: others) == [alone])
            #expect(try reader.violations() == [])
        }
    }

    private static func named(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliverBoth(registry)
            try await registry.signIn("i-1", of: "paul", key: "g2")
            try await registry.signIn("i-2", of: "who", key: "g1")
            try await registry.signIn("i-3", of: "early", key: "g5")
            let reader = try place.reader(registry)
            #expect(try reader.person("paul")?.key == "g2" && reader.person("g2")?.entID == "paul")
            #expect(try reader.person("who")?.key == nil, "a key that two feeds have names nobody")
            #expect(try reader.person("early")?.key == "g5" && reader.person("g5")?.kind == .unknown)
            try await registry.signIn("i-1", of: "paul", key: "nobody")
            #expect(try reader.person("paul")?.key == "g2", "its word never breaks what is tied")
            // The record comes later, and is the same person.
            let early = try #require(try reader.person("early")).id
            _ = try await registry.deliverSchool(adults: ["g1", "g2", "g5"])
            #expect(try reader.person("g5")?.id == early && reader.person(early)?.kind == .guardian)
            // Named at a later registration: what the account had before is another person's, too, and is told.
            try await registry.signIn("i-4", of: "late")
            let told = Told<DeviceID>()
            registry.deviceChanges.observe { told.add($0) }
            try await registry.signIn("i-5", of: "late", key: "g9")
            #expect(told.take() == [try #require(try reader.device(installation: "i-4")).id])
            #expect(try reader.violations() == [])
        }
    }

    private static func guardianKeys(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await deliverBoth(registry)
            let main = try await registry.guardianKeys(of: ["p1", "p2", "p3", "P1", "x"], feed: "main")
            #expect(main.mapValues(Set.init) == ["p1": ["g1"], "p2": ["g1", "g2"]])
            let lyon = try await registry.guardianKeys(of: ["p1", "p9"], feed: "lyon")
            #expect(lyon == ["p1": ["g1"], "p9": ["g9"]])
            let none = try await registry.guardianKeys(of: ["p1"], feed: "paris")
            #expect(none == [:])
        }
    }
}
