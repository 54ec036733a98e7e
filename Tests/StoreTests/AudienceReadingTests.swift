import Database
import DirectoryImport
import Domain
import SQLite
import StoreConformance
import Testing

@testable import Store

/// An audience read some persons at a time is the audience read at once, wherever it is cut.
@Suite(.timeLimit(.minutes(2)))
struct AudienceReadingTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try folder.stores.registryReader(seal: nil) }

    private struct Asked {
        var members: [AudienceMember]
        var school: String?
        var author: String?
        var schools: Set<String>?

        func reading(_ reader: RegistryReader, above person: PersonID? = nil) throws -> AudienceReading {
            try reader.audienceReading(
                of: members,
                in: school,
                on: { _ in Sample.day },
                author: author,
                schools: schools,
                above: person
            )
        }

        func whole(_ reader: RegistryReader) throws -> WholeAudience {
            try reader.audience(of: members, in: school, on: { _ in Sample.day }, author: author, schools: schools)
        }
    }

    /// Audiences of the sample with places that overlap, pupils and persons named directly, one nobody knows, one who is no guardian.
    private func asked(_ reader: RegistryReader, _ session: Connection) throws -> [Asked] {
        let schools = try session.all("SELECT uai FROM place WHERE kind = 0 ORDER BY uai") { $0.text(0) }
        let classes = try session.all(
            "SELECT place.key, school.uai FROM place JOIN place school ON school.id = place.school WHERE place.kind = 1 ORDER BY 2, 1"
        ) { AudienceMember.schoolClass($0.text(0), school: $0.text(1)) }
        let groups = try session.all(
            "SELECT place.key, school.uai FROM place JOIN place school ON school.id = place.school WHERE place.kind = 2 ORDER BY 2, 1"
        ) { AudienceMember.group($0.text(0), school: $0.text(1)) }
        let pupils = try session.all("SELECT key FROM person WHERE kind = 1 ORDER BY key") { $0.text(0) }
        let guardians = try session.all("SELECT key FROM person WHERE kind = 2 ORDER BY key") { $0.text(0) }
        let staff = try session.all("SELECT key FROM person WHERE kind = 3 ORDER BY key") { $0.text(0) }
        #expect(classes.count > 10 && !groups.isEmpty && guardians.count > 200 && !staff.isEmpty)
        let users = [guardians[7], "nobody", guardians[0], staff[0], pupils[3], "nobody", "nobody else"].map {
            AudienceMember.user($0)
        }
        return [
            Asked(members: [.school(schools[0])]),
            Asked(members: schools.map { .school($0) }, author: guardians[11]),
            Asked(members: classes + groups, author: staff[0]),
            Asked(members: [classes[0], classes[0]] + groups + [.pupil(pupils[1]), .pupil(pupils[200])] + users),
            Asked(members: users + [.school(schools[1])], schools: [schools[1]]),
            Asked(members: users),
            Asked(members: [.user("nobody")]),
            Asked(members: []),
        ]
    }

    @Test func `slices of any size make the whole, and so does going on behind a person`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let session = try folder.intruder("registry.db")
            // Somebody without a guardian, who is told at the end.
            try session.execute(
                "DELETE FROM guardianship WHERE pupil IN (SELECT id FROM person WHERE kind = 1 LIMIT 3)"
            )
            let reader = try reader()
            for asked in try asked(reader, session) {
                let whole = try asked.whole(reader)
                for size in [1, 7, 100, 5000] {
                    var reading = try asked.reading(reader)
                    var persons: [Audience.Person] = []
                    while !reading.isAtEnd {
                        let next = try reading.next(max: size, from: reader)
                        #expect(next.count <= size)
                        persons += next
                    }
                    #expect(persons == whole.persons)
                    #expect(reading.pupils == whole.pupils)
                    #expect(reading.pupilsWithoutGuardian == whole.pupilsWithoutGuardian)
                    #expect(reading.unknownUsers == whole.unknownUsers)
                }
                for index in stride(from: 0, to: whole.persons.count, by: max(1, whole.persons.count / 20)) {
                    var rest = try asked.reading(reader, above: whole.persons[index].person)
                    let next = try rest.next(max: 3, from: reader)
                    #expect(next == Array(whole.persons[(index + 1)...].prefix(3)))
                }
            }
        }
    }

    @Test func `a copy goes on from where the reading stood`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let reader = try reader()
            let asked = try asked(reader, try folder.intruder("registry.db"))[2]
            var reading = try asked.reading(reader)
            _ = try reading.next(max: 5, from: reader)
            var copy = reading
            let next = try copy.next(max: 40, from: reader)
            #expect(try reading.next(max: 40, from: reader) == next)
            let again = reading.restarted(above: next[38].person)
            var one = again
            #expect(try one.next(max: 1, from: reader) == [next[39]])
        }
    }

    @Test func `the size is known beforehand, up to what matters`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let reader = try reader()
            for asked in try asked(reader, try folder.intruder("registry.db")).filter({ $0.members.count == 1 }) {
                let persons = try asked.whole(reader).persons.count
                let size = try asked.reading(reader).size
                // A guardian of two pupils counts twice.
                #expect(size >= persons && size <= 2 * persons)
            }
            let schools = try asked(reader, try folder.intruder("registry.db"))[1]
            #expect(try schools.reading(reader).size <= AudienceQuestion.sizeMax)
        }
    }

    @Test func `who is read by is kept beside every change of the directory`() async throws {
        try await folder.registry { registry async throws in
            let session = try folder.intruder("registry.db")
            func check() throws {
                let join = "SELECT place, guardian, pupil FROM membership JOIN guardianship ON pupil = person"
                let kept = "SELECT place, guardian, pupil FROM place_guardian"
                for (one, other) in [(join, kept), (kept, join)] {
                    let count = try session.first("SELECT count(*) FROM (\(one) EXCEPT \(other))") { $0.int(0) }
                    #expect(count == 0)
                }
                #expect(try session.first(kept) { $0.int64(0) } != nil)
            }
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            try check()
            try await Sample.importAAF("delta-2026-09-15", mode: .delta, into: registry)
            try check()
            try session.execute(
                """
                UPDATE guardianship SET guardian = (SELECT max(id) FROM person WHERE kind = 3)
                    WHERE guardian = (SELECT min(guardian) FROM guardianship);
                UPDATE membership SET place = (SELECT max(id) + 1 FROM place) WHERE place = (SELECT min(place) FROM membership);
                """
            )
            try check()
            try session.execute(
                """
                DELETE FROM membership WHERE person IN (SELECT id FROM person WHERE kind = 1 ORDER BY id LIMIT 40);
                DELETE FROM guardianship WHERE pupil IN (SELECT id FROM person WHERE kind = 1 ORDER BY id LIMIT 80);
                """
            )
            try check()
        }
    }
}
