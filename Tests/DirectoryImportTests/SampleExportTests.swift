import DirectoryImport
import Domain
import Testing

/// The sample exports against their ground truth, `expected/directory.json`.
struct SampleExportTests {
    @Test(arguments: ["complet-2026-09-01", "after-delta-2026-09-15", "complet-2027-09-01"])
    func `an export says as much as its ground truth`(state: String) throws {
        var directory = Directory()
        switch state {
        case "after-delta-2026-09-15": directory = try .afterDelta()
        default: try directory.read(Sample.aaf(state), mode: .complete)
        }
        let expected = try #require(try Sample.json("expected/directory.json")[state])
        let guardians = directory.pupils.values.map { pupil in
            pupil.guardians.map(\.key).filter { directory.relatives[$0] != nil }
        }
        let places = directory.pupils.values.flatMap(\.memberships).map(\.place)
        let found: [(String, Int)] = [
            ("schools", directory.schools.count), ("pupils", directory.pupils.count),
            ("staff", directory.staff.count), ("guardianRecords", directory.relatives.count),
            ("guardians", Set(guardians.joined()).count), ("links", guardians.map(\.count).reduce(0, +)),
            (
                "linksToMissingRecords",
                directory.pupils.values.flatMap(\.guardians).count { directory.relatives[$0.key] == nil }
            ),
            ("pupilsWithoutGuardian", guardians.count { $0.isEmpty }),
            ("classes", Set(places.compactMap { if case .schoolClass(let key, _, _) = $0 { key } else { nil } }).count),
            ("groups", Set(places.compactMap { if case .group(let key, _, _) = $0 { key } else { nil } }).count),
        ]
        for (name, count) in found { #expect(expected[name]?.int64 == Int64(count), "\(name)") }
        #expect(directory.unknown.isEmpty)
    }

    @Test func `a complete export tells its day, its version and the attribute nobody knows`() throws {
        var directory = Directory()
        let summary = try directory.read(Sample.aaf("complet-2026-09-01"), mode: .complete)
        #expect(summary.generatedOn == CalendarDay(year: 2026, month: 9, day: 1))
        #expect(summary.version == "AAF-VE2607")
        #expect(summary.additions == 3 + 639 + 726 + 33)
        #expect(summary.warnings.kept.map(\.code) == ["unknownAttribute"])
        #expect(summary.warnings.kept.first?.detail.contains("ENTEleveAttributFutur") == true)
    }

    @Test func `staff belong to the schools their record names`() throws {
        let directory = try Directory.afterComplete()
        #expect(!directory.staff.isEmpty && directory.staff.values.allSatisfy { !$0.schools.isEmpty })
        #expect(directory.staff.values.flatMap(\.schools).allSatisfy { directory.schools[$0] != nil })
        #expect(directory.relatives.values.allSatisfy { $0.schools.isEmpty })
    }

    @Test func `names keep their letters through encodings and entities`() throws {
        let directory = try Directory.afterComplete()
        #expect(
            directory.relatives["9200442"] == PersonRecord(key: "9200442", lastName: "Teyssier", firstName: "Mélanie")
        )
        #expect(directory.relatives["9200443"]?.lastName == "Conceição")
        let names = directory.staff.values.flatMap { [$0.lastName, $0.firstName] }
        #expect(!names.contains { $0.contains("&") || $0.contains(";") })
        #expect(names.contains { $0.contains("ï") })
    }

    @Test func `a delta has its operations`() throws {
        var directory = try Directory.afterComplete()
        let summary = try directory.read(Sample.aaf("delta-2026-09-15"), mode: .delta)
        #expect((summary.additions, summary.modifications, summary.removals) == (10, 56, 6))
        let expected = try #require(try Sample.json("expected/directory.json")["renamedClassInDelta"])
        let names = directory.pupils.values.flatMap(\.memberships).compactMap { membership -> String? in
            guard case .schoolClass(let key, _, let name) = membership.place, key == expected["id"]?.string else {
                return nil
            }
            return name
        }
        #expect(Set(names) == [try #require(expected["name"]?.string)])
    }

    @Test func `a complete export without relatives is refused before anything is read`() throws {
        let export = try AAFExport(paths: [Sample.aaf("complet-cut")])
        #expect(throws: ExportError.missing(what: "PersRelEleve file")) {
            try AAFReader(mode: .complete).read(export) { _ in Issue.record("nothing is handed over") }
        }
    }

    @Test func `a pupil file that is cut fails the export with its name and line`() throws {
        let relatives = Sample.aaf("complet-2026-09-01") + "/ENT42_Complet_20260901_PersRelEleve_0000.xml"
        let export = try AAFExport(paths: [Sample.aaf("complet-cut"), relatives])
        let error = #expect(throws: ExportError.self) { try AAFReader(mode: .complete).read(export) { _ in } }
        guard case .endsEarly("ENT42_Complet_20260923_Eleve_0000.xml", let line) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(line > 1000)
    }

    @Test func `a truncated export is well-formed and has fewer pupils`() throws {
        var directory = Directory()
        try directory.read(Sample.aaf("complet-truncated"), mode: .complete)
        #expect(directory.pupils.count == 351)
    }
}
