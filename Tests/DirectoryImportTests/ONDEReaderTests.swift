import DirectoryImport
import Domain
import Testing

/// Small extractions made here: encodings, separators, quotes, headers of both ages, keys.
struct ONDEReaderTests {
    static let pupilHeader =
        "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE; Cycle;Niveau;Libellé classe;Identifiant classe"
    static let guardianHeader =
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;Téléphone portable;"
        + "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
    static let teacherHeader = "Civilité;Nom usage;Nom;Prénom;Courriel;Directeur;Classe"

    static let pupils = [
        pupilHeader, "DUPONT;;Léa;14/03/2019;F;012345678AB;CYCLE II;CP;CP A;70;",
        "MARTIN;;Œdipe;15/03/2019;M;012345678AC;CYCLE II;CP;CP A;70;",
    ]
    static let guardians = [
        guardianHeader, "Mme;Petit;DUPONT;Élise;e@example.org;06 00 00 00 01;;DUPONT;Léa;CP A;;MARTIN;Œdipe;CP A",
        "M.;;MARTIN;Noël;;;;MARTIN;Œdipe;CP A;;;;",
    ]
    static let teachers = [teacherHeader, "Mme;;NGUYEN;Zoé;;O;CP A"]

    struct Texts {
        var pupils = ONDEReaderTests.pupils
        var guardians = ONDEReaderTests.guardians
        var teachers = ONDEReaderTests.teachers
        var separator = ";"
        var lineEnd = "\r\n"
        var isQuoted = false
        var encode: (String) -> [UInt8] = { Array($0.utf8) }

        func bytes(_ lines: [String]) -> [UInt8] {
            let cut = lines.map { line in
                line.split(separator: ";", omittingEmptySubsequences: false)
                    .map { isQuoted ? "\"\($0)\"" : String($0) }.joined(separator: separator)
            }
            return encode(cut.joined(separator: lineEnd) + lineEnd)
        }
    }

    func contents(_ texts: Texts, in folder: TestFolder) throws -> ONDEContents {
        // Names say nothing.
        try folder.write("b.CSV", texts.bytes(texts.pupils))
        try folder.write("a.csv", texts.bytes(texts.guardians))
        try folder.write("c.txt", texts.bytes(texts.teachers))
        return try ONDEReader().read(try ONDEExport(paths: [folder.path]))
    }

    func read(_ texts: Texts, known: [String: [String]] = [:]) throws -> ONDERecords {
        let folder = try TestFolder()
        return try contents(texts, in: folder).linked(to: ONDESampleTests.school, known: known)
    }

    static func latin(_ text: String, _ others: [Unicode.Scalar: UInt8]) -> [UInt8] {
        text.unicodeScalars.map { others[$0] ?? UInt8($0.value) }
    }

    @Test(arguments: ["UTF-8", "UTF-8 with mark", "ISO-8859-15", "Windows-1252"], [";", ",", "\t"])
    func `every encoding and separator gives the same records`(encoding: String, separator: String) throws {
        let plain = try read(Texts())
        for isQuoted in [false, true] {
            for lineEnd in ["\r\n", "\n", "\r"] {
                var texts = Texts()
                texts.separator = separator
                texts.lineEnd = lineEnd
                texts.isQuoted = isQuoted
                texts.encode =
                    switch encoding {
                    case "UTF-8 with mark": { Array("\u{FEFF}\($0)".utf8) }
                    case "ISO-8859-15": { Self.latin($0, ["Œ": 0xBC]) }
                    case "Windows-1252": { Self.latin($0, ["Œ": 0x8C]) }
                    default: { Array($0.utf8) }
                    }
                let records = try read(texts)
                #expect(records.records == plain.records, "\(isQuoted) \(lineEnd.unicodeScalars)")
                #expect(records.warnings.total == 0)
            }
        }
        let directory = ONDEDirectory(plain)
        #expect(directory.pupils["012345678AC"]?.person.firstName == "Œdipe")
        #expect(directory.pupils["012345678AC"]?.guardians.count == 2)
        #expect(directory.pupils["012345678AB"]?.guardians.count == 1)
    }

    @Test func `the older extraction has neither INE nor class id, and other dates`() throws {
        var texts = Texts()
        texts.pupils = [
            "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;Cycle;Niveau;Classe;Autorisations associations",
            "DUPONT;;Léa;2019-03-14;F;CYCLE II;CP;CP A;O", "MARTIN;;Œdipe;15/03/2019;H;CYCLE II;CP;CP A;O",
        ]
        let old = try read(texts)
        let directory = ONDEDirectory(old)
        #expect(directory.pupils.count == 2 && old.warnings.total == 0)
        let places = Set(directory.pupils.values.flatMap(\.memberships).map(\.place))
        #expect(places.contains(.schoolClass(key: "CP A", school: "0429902B", name: "CP A")))
        #expect(directory.pupils.keys.allSatisfy { !$0.contains("DUPONT") && $0.utf8.count == 33 })
        // A date in the other form is the same pupil.
        texts.pupils[1] = "Dupont;;LEA;14/03/2019;F;CYCLE II;CE1;CP A;O"
        #expect(Set(ONDEDirectory(try read(texts)).pupils.keys) == Set(directory.pupils.keys))
    }

    @Test func `a guardian keeps the key over a changed phone, mail, class, name of usage and a new sibling`() throws {
        let folder = try TestFolder()
        let before = try contents(Texts(), in: folder)
        let first = ONDEDirectory(before.linked(to: ONDESampleTests.school))
        var texts = Texts()
        texts.pupils[1] = "DUPONT;;Léa;14/03/2019;F;012345678AB;CYCLE II;CE1;CE1;71;"
        texts.pupils.append("DUPONT;;Ana;01/02/2021;F;000000001AA;CYCLE I;GS;GS;69;")
        texts.guardians[1] = "Mme;;DUPONT;Élise;new@example.org;07;;DUPONT;Ana;GS;;DUPONT;Léa;CE1"
        let known = first.pupils.mapValues { $0.guardians.map(\.key) }
        let second = ONDEDirectory(try read(texts, known: known))
        let key = try #require(first.pupils["012345678AB"]?.guardians.first?.key)
        #expect(second.pupils["012345678AB"]?.guardians.map(\.key) == [key])
        #expect(second.pupils["000000001AA"]?.guardians.map(\.key) == [key])
        // The eldest leaves: what the directory knows of the others keeps the key.
        texts.pupils.remove(at: 1)
        texts.guardians[1] = "Mme;;DUPONT;Élise;new@example.org;07;;DUPONT;Ana;GS;;;;"
        let third = ONDEDirectory(try read(texts, known: second.pupils.mapValues { $0.guardians.map(\.key) }))
        #expect(third.pupils["000000001AA"]?.guardians.map(\.key) == [key])
        // A namesake with a child of another family is another person.
        texts.pupils[2] = "ROUX;;Tom;01/02/2020;M;000000002AA;CYCLE I;GS;GS;69;"
        texts.guardians[1] = "Mme;;DUPONT;Élise;;;;ROUX;Tom;GS;;;;"
        let fourth = ONDEDirectory(try read(texts, known: third.pupils.mapValues { $0.guardians.map(\.key) }))
        #expect(fourth.pupils["000000002AA"]?.guardians.count == 1)
        #expect(fourth.pupils["000000002AA"]?.guardians.map(\.key) != [key])
    }

    @Test func `a child is found letter by letter first, then as people compare, and never by guess`() throws {
        var texts = Texts()
        texts.pupils += [
            "DUPONT;;Lea;01/01/2019;F;012345678AD;;CP;CP A;70;",
            "ROUX;ROUX-BLANC;Max;01/01/2019;M;012345678AE;;CP;CP A;70;",
            "ROUX;;Max;02/01/2019;M;012345678AF;;CP;CP A;70;", "BLANC;;Jean-Marc;03/01/2019;M;012345678AG;;CP;CP A;70;",
        ]
        texts.guardians[1] = "Mme;;DUPONT;Élise;;;;DUPONT;Léa;CP A;;BLANC;JEAN MARC;cp  a"
        texts.guardians.append("Mme;;ROUX;Eve;;;ROUX-BLANC;ROUX;Max;CP A;;DUPONT;Lea;CE1")
        texts.guardians.append("M.;;ROUX;Luc;;;;ROUX;Max;CP A;;PERDU;Paul;CP A")
        texts.guardians.append("M.;;MARTIN;Ali;;;;MARTIN;Œdipe;;;;;")
        let found = try read(texts)
        let directory = ONDEDirectory(found)
        let guardians = directory.pupils.mapValues {
            $0.guardians.compactMap { directory.guardians[$0.key]?.firstName }
        }
        #expect(guardians["012345678AB"] == ["Élise"] && guardians["012345678AD"] == [])
        #expect(guardians["012345678AG"] == ["Élise"])
        #expect(guardians["012345678AE"] == ["Eve"] && guardians["012345678AF"] == [])
        #expect(guardians["012345678AC"] == ["Noël", "Ali"])
        #expect(found.warnings.kept.map(\.code) == ["unknownChild", "ambiguousChild", "unknownChild"])
        #expect(found.warnings.kept[0].detail.contains("012345678AD"))
    }

    @Test func `of two records of one guardian the later counts, with a warning that names both`() throws {
        var texts = Texts()
        texts.guardians.append("Mme;;DUPONT;Élise;;;;DUPONT;Léa;CP A;;;;")
        let found = try read(texts)
        let directory = ONDEDirectory(found)
        #expect(directory.guardians.count == 2)
        #expect(directory.pupils["012345678AC"]?.guardians.count == 1)
        #expect(found.warnings.kept.map(\.code) == ["duplicateKey"])
        #expect(
            found.warnings.kept.first?.record == "3" && found.warnings.kept.first?.detail.contains("record 1") == true
        )
        texts.guardians[3] = texts.guardians[1]
        #expect(try read(texts).warnings.total == 0)
    }

    @Test func `formulas, marks of spreadsheets and odd values are warnings, and the child stays`() throws {
        var texts = Texts()
        texts.pupils[1] = "=HYPERLINK(1);;Léa;14 mars;F;=\"012345678AB\";;CP;CP A;=\"70\";"
        texts.pupils.append("ROUX;;Tom;;M;1,2E+10;;CP;;;")
        texts.pupils.append(";;Tom;01/01/2019;M;012345678AZ;;CP;CP A;70;")
        let found = try read(texts)
        let directory = ONDEDirectory(found)
        #expect(directory.pupils["012345678AB"]?.person.lastName == "=HYPERLINK(1)")
        #expect(directory.pupils.count == 3)
        #expect(
            Set(found.warnings.kept.filter { $0.file == "b.CSV" }.map(\.code)) == [
                "formula", "birthDate", "ine", "noIdentity", "noClass", "noName",
            ]
        )
        let texts2 = found.warnings.kept.map(\.detail).joined()
        #expect(!texts2.contains("ROUX") && !texts2.contains("HYPERLINK"))
    }
}
