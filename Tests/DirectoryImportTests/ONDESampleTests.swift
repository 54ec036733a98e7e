import DirectoryImport
import Domain
import Testing

/// The sample's extractions against their ground truth, `expected/onde.json`.
struct ONDESampleTests {
    static let school = SchoolRecord(key: "0429902B", uai: "0429902B", name: "")

    static func linked() throws -> (ONDERecords, JSONValue) {
        let export = try ONDEExport(paths: [Sample.folder + "/onde-csv"])
        let records = try ONDEReader().read(export).linked(to: school)
        return (records, try Sample.json("expected/onde.json"))
    }

    @Test func `the sample says as much as its ground truth`() throws {
        let (found, expected) = try Self.linked()
        let directory = ONDEDirectory(found)
        #expect(Int64(directory.pupils.count) == expected["pupils"]?.int64)
        #expect(Int64(directory.guardians.count) == expected["guardianRecords"]?.int64)
        #expect(Int64(directory.staff.count) == expected["teachers"]?.int64)
        #expect(directory.schools == [Self.school])
        let classes = Set(directory.pupils.values.flatMap(\.memberships).map(\.place))
        #expect(
            classes.contains(.schoolClass(key: "70025", school: "0429902B", name: "CE1/CE2; M. O'Brien"))
                && classes.contains(.schoolClass(key: "70026", school: "0429902B", name: "CLASSE  CE2"))
        )
        #expect(classes.count == 1 + 9)
        #expect(found.peakBytes < 1000)
    }

    @Test func `each pupil has the guardians of the ground truth and no other`() throws {
        let (found, expected) = try Self.linked()
        let directory = ONDEDirectory(found)
        let links = try #require(expected["links"]?.object)
        var linked = 0
        for (ine, pupil) in directory.pupils {
            // The first record of data stands on line 2.
            let records = pupil.guardians.compactMap { directory.lines[$0.key] }.map { Int64($0 - 1) }
            #expect(records == links[ine]?.array?.compactMap(\.int64) ?? [], "\(ine)")
            linked += records.isEmpty ? 0 : 1
        }
        #expect(linked == links.count)
        let without = directory.pupils.filter(\.value.guardians.isEmpty).keys.sorted()
        let ambiguous = Set(
            try #require(expected["ambiguous"]?.array).flatMap { $0["candidates"]?.array?.compactMap(\.string) ?? [] }
        )
        let expectedWithout = try #require(expected["pupilsWithoutGuardian"]?.array).compactMap(\.string)
        #expect(without == Set(expectedWithout).union(ambiguous).sorted())
    }

    @Test func `homonyms that cannot be told apart are named with their candidates, and no name of a person is`() throws
    {
        let (found, expected) = try Self.linked()
        let ambiguous = try #require(expected["ambiguous"]?.array)
        #expect(found.warnings.kept.map(\.code) == Array(repeating: "ambiguousChild", count: ambiguous.count))
        for (warning, entry) in zip(found.warnings.kept, ambiguous) {
            let record = try #require(entry["record"]?.int64)
            #expect(warning.record == "\(record)" && Int64(warning.line) == record + 1)
            #expect(warning.file == "CSVExtraction-responsables.csv")
            for candidate in entry["candidates"]?.array ?? [] {
                #expect(warning.detail.contains(try #require(candidate.string)))
            }
            #expect(!warning.detail.contains("Rey") && !warning.detail.contains("Garance"))
        }
    }

    @Test func `two guardians of one name are two, and the letters of ISO-8859-15 are read`() throws {
        let (found, _) = try Self.linked()
        let directory = ONDEDirectory(found)
        let twins = directory.guardians.values.filter { $0.lastName == "Schäfer" && $0.firstName == "Laëtitia" }
        #expect(twins.count == 2)
        #expect(directory.guardians.values.count { $0.lastName == "Œuvrard" } == 2)
        #expect(directory.staff.values.contains { $0.lastName == "Durand-Œuvrard" })
    }
}

/// Records by their keys.
struct ONDEDirectory {
    var schools: [SchoolRecord] = []
    var pupils: [String: PupilRecord] = [:]
    var guardians: [String: PersonRecord] = [:]
    var staff: [String: PersonRecord] = [:]
    /// Where each record stands in its file.
    var lines: [String: Int] = [:]

    init(_ records: ONDERecords) {
        for placed in records.records {
            switch placed.record {
            case .school(let school): schools.append(school)
            case .pupil(let pupil): (pupils[pupil.person.key], lines[pupil.person.key]) = (pupil, placed.line)
            case .guardian(let person): (guardians[person.key], lines[person.key]) = (person, placed.line)
            case .staff(let person): (staff[person.key], lines[person.key]) = (person, placed.line)
            case .user: break
            }
        }
    }
}
