import Domain
import Store
import Testing

/// Changes of single records: each takes what it names and leaves the rest.
enum DeltaCases {
    static let all = [
        StoreCase("each change of a delta does what it says", steps),
        StoreCase("a change that names nothing is told, and harms nothing", unknown),
        StoreCase("a delivery of one school leaves the others alone", oneSchool),
    ]

    private static func apply(_ actions: [DirectoryChange.Action], _ registry: Registry) async throws -> ImportReport {
        let report = try await registry.importing(
            actions.enumerated().map { DirectoryChange($1, file: "f", line: $0 + 1, day: StorePlace.day) },
            origin: ImportOrigin(format: "aaf1d", mode: "delta"),
            scope: .changes
        )
        #expect(report.state == .applied)
        return report
    }

    /// Guardians by pupil of everybody in these places.
    private static func rung(_ reader: RegistryReader, _ members: AudienceMember...) throws -> [String: Set<String>] {
        func key(_ id: PersonID) throws -> String { try #require(try reader.person(id)?.key) }
        let audience = try reader.audience(of: members, on: { _ in StorePlace.day }, author: nil)
        var rung: [String: Set<String>] = [:]
        for person in audience.persons {
            for pupil in person.through { rung[try key(pupil), default: []].insert(try key(person.person)) }
        }
        for pupil in audience.pupilsWithoutGuardian { rung[try key(pupil)] = [] }
        #expect(rung.count == audience.pupils)
        return rung
    }

    private static func steps(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await registry.deliverSchool()
            let reader = try place.reader(registry)
            func group() throws -> [String: Set<String>] { try rung(reader, .group("b")) }

            _ = try await apply(
                [
                    .putPlace(PlaceRecord(kind: .group, key: "b", school: "s", name: "Bus")),
                    .join(pupil: "p3", .init(place: .group(key: "b", school: "", name: ""))),
                    .join(pupil: "p1", .init(place: .group(key: "b", school: "s", name: ""), to: StorePlace.day)),
                ],
                registry
            )
            #expect(try group() == ["p3": [], "p1": ["g1"]])
            let linked = try await apply(
                [.link(pupil: "p3", guardian: "g2"), .unlink(pupil: "p1", guardian: "g1")],
                registry
            )
            #expect(linked.diff.links.added == 1 && linked.diff.links.removed == 1)
            #expect(try group() == ["p3": ["g2"], "p1": []])
            _ = try await apply([.leave(pupil: "p1", .group(key: "b", school: "", name: ""))], registry)
            #expect(try group() == ["p3": ["g2"]])

            // Names alone, then places alone, then all of it.
            let name = PersonRecord(key: "p3", lastName: "", firstName: "Zoé")
            let named = try await apply([.putPerson(.pupil, name)], registry)
            #expect(named.diff.pupils.changed == 1)
            let id = try #require(try reader.person("p3")).id
            #expect(try reader.firstNames(of: [id]) == [id: "Zoé"])
            #expect(try group() == ["p3": ["g2"]])
            var change = PupilChange()
            change.classes = [.schoolClass(key: "c9", school: "s", name: "CE1")]
            _ = try await apply([.modify(key: "p3", .pupil(change))], registry)
            #expect(try rung(reader, .schoolClass("c9")) == ["p3": ["g2"]])
            #expect(try rung(reader, .schoolClass("c2")) == [:] && group() == ["p3": ["g2"]])
            _ = try await apply([.modify(key: "s", .school(.init(name: "New")))], registry)
            #expect(try reader.school(uai: "0420001A")?.name == "New")
            _ = try await apply([.modify(key: "g2", .relative(.init(firstName: "Ana")))], registry)
            let adult = try #require(try reader.person("g2")).id
            #expect(try reader.firstNames(of: [adult]) == [adult: "Ana"])

            // A guardian goes and comes back, to all who name him.
            let gone = try await apply([.remove(.guardian, key: "g2")], registry)
            #expect(gone.diff.guardians.removed == 1 && gone.diff.links.removed == 2)
            #expect(try group() == ["p3": []] && reader.person("g2") == nil)
            let record = PersonRecord(key: "g2", lastName: "", firstName: "")
            let back = try await apply([.put(.guardian(record))], registry)
            #expect(back.diff.guardians.added == 1 && back.diff.links.added == 2)
            #expect(try reader.person("g2")?.id == adult, "whom a pupil names keeps the number")
            #expect(try group() == ["p3": ["g2"]])

            _ = try await apply([.removePlace(.group, key: "b", school: "")], registry)
            #expect(try reader.find(.group("b"), in: nil) == .nothing)
            _ = try await apply([.remove(.pupil, key: "p1")], registry)
            #expect(try rung(reader, .school("0420001A")) == ["p2": ["g1", "g2"], "p3": ["g2"]])
            #expect(try reader.violations() == [])
        }
    }

    private static func unknown(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await registry.deliverSchool()
            let report = try await apply(
                [
                    .remove(.pupil, key: "P1"), .modify(key: "x", .relative(.init(firstName: ""))),
                    .join(pupil: "p1", .init(place: .schoolClass(key: "C1", school: "", name: ""))),
                    .join(pupil: "x", .init(place: .schoolClass(key: "c1", school: "", name: ""))),
                    .removePlace(.group, key: "c1", school: ""), .unlink(pupil: "x", guardian: "g1"),
                    .put(.guardian(.init(key: "a\u{202E}", lastName: "", firstName: ""))),
                ],
                registry
            )
            #expect(report.changes == 0)
            #expect(
                report.warnings.map(\.code) == [
                    "unknownRecord", "unknownRecord", "unknownPlace", "unknownRecord", "unknownRecord", "unknownRecord",
                    "identifierRefused",
                ]
            )
            #expect(report.warnings.map(\.line) == Array(1...7))
        }
    }

    private static func oneSchool(_ place: StorePlace) async throws {
        func school(_ key: String, _ pupils: String...) -> [DirectoryChange] {
            let school = SchoolRecord(key: key, uai: "042000" + key, name: key)
            return [DirectoryChange(.put(.school(school)))]
                + pupils.map { pupil in
                    DirectoryChange(
                        .put(
                            .pupil(
                                PupilRecord(
                                    person: PersonRecord(key: pupil, lastName: "", firstName: ""),
                                    memberships: [.init(place: .school(key: key))],
                                    guardians: []
                                )
                            )
                        )
                    )
                }
        }
        try await place.registry { registry in
            _ = try await registry.importing(school("1A", "p1", "p2") + school("2B", "p3"))
            let again = try await registry.importing(school("1A", "p2", "p4"), scope: .school("1A"))
            #expect(again.state == .applied && again.diff.pupils == .init(added: 1, removed: 1))
            let reader = try place.reader(registry)
            #expect(try rung(reader, .school("0420001A")) == ["p2": [], "p4": []])
            #expect(try rung(reader, .school("0420002B")) == ["p3": []])
            #expect(again.schools.map(\.school) == ["0420001A"])
        }
    }
}
