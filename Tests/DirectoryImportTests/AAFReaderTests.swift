import DirectoryImport
import Domain
import Testing

struct AAFReaderTests {
    /// Reads files of a complete or delta export given as name and requests.
    func read(
        _ files: [(category: String, content: String)],
        mode: AAFMode = .delta
    ) throws -> (operations: [AAFOperation], summary: AAFSummary) {
        let folder = try TestFolder()
        for (index, file) in files.enumerated() {
            let xml =
                file.content.hasPrefix("<?xml") ? file.content : "<ficAlimMENESR>\n\(file.content)\n</ficAlimMENESR>"
            try folder.write("ENT_\(file.category)_000\(index).xml", xml)
        }
        var operations: [AAFOperation] = []
        let summary = try AAFReader(mode: mode).read(try AAFExport(paths: [folder.path])) { operations.append($0) }
        return (operations, summary)
    }

    func request(
        _ category: String,
        id: String = "1",
        _ attributes: [(String, [String])],
        kind: String = "add"
    ) -> String {
        let (list, item, more) =
            kind == "add" ? ("attributes", "attr", "") : ("modifications", "modification", " operation=\"replace\"")
        let content = attributes.map { name, values in
            "<\(item) name=\"\(name)\"\(more)>" + values.map { "<value>\($0)</value>" }.joined() + "</\(item)>"
        }.joined(separator: "\n")
        return """
            <\(kind)Request><operationalAttributes><attr name="categoriePersonne"><value>\(category)</value></attr></operationalAttributes>
            <identifier><id>\(id)</id></identifier><\(list)>\(content)</\(list)></\(kind)Request>
            """
    }

    func pupil(_ attributes: [(String, [String])]) throws -> (pupil: PupilRecord, warnings: [ImportWarning]) {
        let (operations, summary) = try read([("Eleve", request("Eleve", attributes))])
        guard case .add(.pupil(let pupil)) = try #require(operations.first).action else { throw Unexpected() }
        return (pupil, summary.warnings.kept)
    }

    struct Unexpected: Error {}

    @Test func `a class is known by its fourth field and its name keeps every further sign`() throws {
        let (pupil, warnings) = try pupil([("ENTPersonClasses", ["4001$CP$CLASSE$007$CP $ A$", " 4001$$$8$ "])])
        #expect(
            pupil.memberships.map(\.place) == [
                .schoolClass(key: "007", school: "4001", name: "CP $ A$"),
                .schoolClass(key: "8", school: "4001", name: ""),
            ]
        )
        #expect(warnings.isEmpty)
    }

    @Test func `a class value that does not split is a warning with its place`() throws {
        let (pupil, warnings) = try pupil([("ENTPersonClasses", ["CP", "4001$CP$CLASSE$", "$CP$CLASSE$7$x"])])
        #expect(pupil.memberships.isEmpty)
        #expect(warnings.map(\.code) == ["classValue", "classValue", "classValue"])
        #expect(warnings.first?.file == "ENT_Eleve_0000.xml")
        #expect(warnings.first?.line == 3)
        #expect(warnings.first?.record == "1")
    }

    @Test func `a class without a name field is kept with a warning`() throws {
        let (pupil, warnings) = try pupil([("ENTPersonClasses", ["4001$CP$CLASSE$7"])])
        #expect(pupil.memberships.map(\.place) == [.schoolClass(key: "7", school: "4001", name: "")])
        #expect(warnings.map(\.code) == ["classValue"])
    }

    @Test func `a guardian is what stands before the first sign and counts once`() throws {
        let (pupil, warnings) = try pupil([
            ("ENTEleveAutoriteParentale", ["9200001$2$1$$", "09", "9200001", "$1", "9200002$"])
        ])
        #expect(pupil.guardians.map(\.key) == ["9200001", "09", "9200002"])
        #expect(pupil.guardians.map(\.raw) == ["2$1$$", "", ""])
        #expect(warnings.map(\.code) == ["guardianValue"])
    }

    @Test func `dates belong to their class and to all schools`() throws {
        let (pupil, warnings) = try pupil([
            ("ENTPersonStructRattach", ["4001", "4002"]),
            ("ENTPersonClasses", ["4001$CP$CLASSE$7$A", "4001$CP$CLASSE$8$B"]),
            ("ENTPersonGroupes", ["4001$$GROUPE$7$Chorale"]),
            ("ENTEleveDateEntreeClasses", ["4001$01/09/2026$8", "4001$31/02/2026$7", "x"]),
            ("ENTEleveDateSortieClasses", ["4001$02/10/2026$7"]),
            ("ENTEleveDateEntreeStructRattach", ["01/09/2025"]),
            ("ENTEleveDateSortieStructRattach", [""]),
        ])
        let september = CalendarDay(year: 2026, month: 9, day: 1)
        let october = CalendarDay(year: 2026, month: 10, day: 2)
        let entry = CalendarDay(year: 2025, month: 9, day: 1)
        #expect(
            pupil.memberships == [
                .init(place: .school(key: "4001"), from: entry), .init(place: .school(key: "4002"), from: entry),
                .init(place: .schoolClass(key: "7", school: "4001", name: "A"), to: october),
                .init(place: .schoolClass(key: "8", school: "4001", name: "B"), from: september),
                .init(place: .group(key: "7", school: "4001", name: "Chorale")),
            ]
        )
        #expect(warnings.map(\.code) == ["dateValue", "dateValue"])
    }

    @Test func `unknown attributes and elements are counted by name and harm nothing`() throws {
        let one = request("PersEducNat", id: "1", [("ENTNew", ["a"]), ("ENTPersonNom", ["N"])])
        let two = request("PersEducNat", id: "2", [("ENTNew", ["a"]), ("ENTOther", [])])
        let odd = "<note><value>x</value></note>"
        let (operations, summary) = try read([("PersEducNat", one + "\n" + two + odd)])
        #expect(
            operations.map(\.action) == [
                .add(.staff(PersonRecord(key: "1", lastName: "N", firstName: ""))),
                .add(.staff(PersonRecord(key: "2", lastName: "", firstName: ""))),
            ]
        )
        #expect(
            summary.warnings.kept.map(\.detail) == [
                "Attribute ENTNew is unknown, 2 times.", "Attribute ENTOther is unknown, 1 times.",
                "Element note is unknown, 1 times.",
            ]
        )
        #expect(summary.warnings.kept.map(\.record) == ["1", "2", ""])
    }

    @Test func `a request without identifier or of another category is left out with a warning`() throws {
        let content =
            request("Eleve", id: "", []) + request("PersRelEleve", id: "2", []) + request("Eleve", id: "3", [])
        let (operations, summary) = try read([("Eleve", content)])
        #expect(operations.count == 1)
        #expect(summary.warnings.kept.map(\.code) == ["noIdentifier", "category"])
    }

    @Test func `a school's name shows its signs as hyphens and a missing UAI is a warning`() throws {
        let content = """
            \(request("EtabEducNat", id: "01", [("ENTStructureJointure", ["01"]), ("ENTStructureUAI", ["042A"]), ("ENTStructureNomCourant", ["A$B"])]))
            \(request("EtabEducNat", id: "2", [("ENTStructureJointure", ["3"])]))
            """
        let (operations, summary) = try read([("EtabEducNat", content)])
        #expect(operations.first?.action == .add(.school(SchoolRecord(key: "01", uai: "042A", name: "A-B"))))
        #expect(summary.warnings.kept.map(\.code) == ["joinKey", "schoolWithoutUAI"])
    }

    @Test func `deltas modify what they name, clear with an empty value and remove`() throws {
        let content =
            request("Eleve", id: "1", [("ENTEleveAutoriteParentale", [""])], kind: "modify")
            + request("Eleve", id: "2", [("ENTPersonNom", ["N"])], kind: "modify")
                + """
                <deleteRequest><operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr>\
                </operationalAttributes><identifier><id>3</id></identifier></deleteRequest>
                """
        let (operations, summary) = try read([("Eleve", content)])
        var cleared = PupilChange.none
        cleared.guardians = []
        var renamed = PupilChange.none
        renamed.person.lastName = "N"
        #expect(
            operations.map(\.action) == [
                .modify(key: "1", .pupil(cleared)), .modify(key: "2", .pupil(renamed)), .remove(.pupil, key: "3"),
            ]
        )
        #expect((summary.additions, summary.modifications, summary.removals) == (0, 2, 1))
    }

    @Test func `files are read by category, then by name, and strange names are told`() throws {
        let folder = try TestFolder()
        let empty = "<ficAlimMENESR/>"
        for name in [
            "E_Eleve_0001.xml", "E_Eleve_0000.xml", "E_PersRelEleve_0000.xml", "E_EtabEducNat_0000.xml",
            "e_PERSEDUCNAT_0000.XML",
        ] {
            try folder.write(name, empty)
        }
        for name in ["a.dtd", "Eleve_0000.xml", "E_Eleve_00000.xml", ".E_Eleve_0009.xml"] {
            try folder.write(name, "not xml")
        }
        let export = try AAFExport(paths: [folder.path])
        #expect(
            export.files.map(\.name) == [
                "E_EtabEducNat_0000.xml", "E_Eleve_0000.xml", "E_Eleve_0001.xml", "E_PersRelEleve_0000.xml",
                "e_PERSEDUCNAT_0000.XML",
            ]
        )
        #expect(export.warnings.map(\.file) == ["E_Eleve_00000.xml", "Eleve_0000.xml"])
    }

    @Test func `a complete export without relatives is refused`() {
        #expect(throws: ExportError.missing(what: "PersRelEleve file")) {
            try read([("EtabEducNat", ""), ("Eleve", "")], mode: .complete)
        }
    }

    @Test func `a delta given as complete is refused`() throws {
        let export = try AAFExport(paths: [Sample.aaf("delta-2026-09-15")])
        #expect(throws: ExportError.self) { try AAFReader(mode: .complete).read(export) { _ in } }
    }

    @Test func `an export of the second degree is refused`() {
        #expect(throws: ExportError.self) { try read([("Eleve", "<!-- degre=\"2D\" -->")]) }
    }

    @Test func `another root element is refused`() {
        #expect(
            throws: ExportError.unexpected(
                file: "E_Eleve_0000.xml",
                line: 1,
                what: "The root element is not ficAlimMENESR."
            )
        ) {
            let folder = try TestFolder()
            try folder.write("E_Eleve_0000.xml", "<html/>")
            _ = try AAFReader(mode: .delta).read(try AAFExport(paths: [folder.path])) { _ in }
        }
    }

    @Test func `warnings beyond the limit are only counted`() {
        var warnings = ImportWarnings(limit: 2)
        for line in 1...5 { warnings.add(ImportWarning(file: "", line: line, record: "", code: "", detail: "")) }
        #expect(warnings.kept.map(\.line) == [1, 2])
        #expect(warnings.total == 5)
    }
}
