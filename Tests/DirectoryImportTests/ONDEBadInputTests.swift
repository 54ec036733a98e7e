import DirectoryImport
import Domain
import Testing

/// What is no export of ONDE: each a typed error with file and line, and nothing is handed out.
struct ONDEBadInputTests {
    typealias Texts = ONDEReaderTests.Texts

    func failure(_ change: (inout Texts) -> Void) throws -> ExportError {
        var texts = Texts()
        change(&texts)
        let folder = try TestFolder()
        let error = #expect(throws: ExportError.self) { try ONDEReaderTests().contents(texts, in: folder) }
        return try #require(error)
    }

    @Test(arguments: ["a.csv", "b.CSV", "c.txt"])
    func `a missing one of the three files is named`(name: String) throws {
        let folder = try TestFolder()
        _ = try ONDEReaderTests().contents(Texts(), in: folder)
        try folder.remove(name)
        let error = #expect(throws: ExportError.self) { try ONDEExport(paths: [folder.path]) }
        let words = ["a.csv": "responsables", "b.CSV": "pupils", "c.txt": "teachers"]
        #expect(error?.description.contains("extraction of the \(words[name] ?? "-")") == true)
    }

    @Test func `a file cut inside a quote, or in a record, ends early`() throws {
        let quoted = try failure { texts in
            texts.isQuoted = true
            texts.encode = { text in
                let bytes = Array(text.utf8)
                return text.contains("Œdipe") && text.contains("INE") ? bytes.dropLast(20) : bytes
            }
        }
        #expect(quoted == .endsEarly(file: "b.CSV", line: 3))
        let plain = try failure { texts in
            texts.encode = { text in
                let bytes = Array(text.utf8)
                return text.contains("Noël") ? bytes.dropLast(5) : bytes
            }
        }
        #expect(plain == .endsEarly(file: "a.csv", line: 3))
    }

    @Test func `a quote that was opened by mistake does not swallow the records behind it`() throws {
        let error = try failure { texts in
            texts.guardians.insert("M.;;\"PRESQUE;Luc;;;;DUPONT;Léa;CP A;;;;", at: 1)
            texts.guardians.append("M.;;\"NOIR\";Luc;;;;DUPONT;Léa;CP A;;;;")
        }
        guard case .unexpected("a.csv", 5, let what) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(what.contains("quote"))
    }

    @Test(arguments: [
        "Nom;Prenom;Age", "Nom élève;Prénom élève;INE", "", "\u{0}\u{0}",
        "Civilité Responsable;Nom responsable;Prénom responsable;Prénom enfant;Nom de famille enfant",
    ])
    func `a wrong header is refused with its file`(header: String) throws {
        let error = try failure { $0.guardians[0] = header }
        switch error {
        case .unexpected("a.csv", 1, let what): #expect(what.contains("header"))
        case .encoding("a.csv", 1, _): #expect(header.contains("\u{0}"))
        default: Issue.record("\(error)")
        }
    }

    @Test func `two files of one kind are refused`() throws {
        let error = try failure { $0.teachers = $0.pupils }
        guard case .unexpected("c.txt", 1, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `other encodings and mixtures are refused with the line`() throws {
        let mixed = try failure { texts in
            texts.encode = { text in Array(text.utf8) + (text.contains("INE") ? [0xE9, 0x0A] : []) }
        }
        #expect(
            mixed
                == .encoding(
                    file: "b.CSV",
                    line: 4,
                    what: "the file mixes UTF-8 with another encoding; export it again"
                )
        )
        let wide = try failure { texts in
            texts.encode = { text in text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
        }
        guard case .encoding("a.csv", 1, _) = wide else {
            Issue.record("\(wide)")
            return
        }
    }

    @Test func `100000 bad records are counted, the first are named`() throws {
        let error = try failure { $0.guardians += Array(repeating: "x;y", count: 100_000) }
        guard case .records(let faults) = error else {
            Issue.record("\(error)")
            return
        }
        #expect((faults.file, faults.total, faults.kept.count) == ("a.csv", 100_000, 100))
        #expect(faults.kept.first?.line == 4)
        #expect(faults.kept.first?.what == "Record 3 has 2 cells, the header 14.")
    }

    @Test func `more records than a school has are refused`() throws {
        let error = try failure { texts in
            texts.teachers += Array(repeating: "Mme;;NGUYEN;Zoé;;O;CP A", count: ONDEReader.recordsMax)
        }
        #expect(error == .tooLarge(file: "c.txt", line: 20_002, what: "records", limit: ONDEReader.recordsMax))
    }

    @Test(arguments: [true, false])
    func `a cell of 10 MB is refused where it passes the bound`(isQuoted: Bool) throws {
        let error = try failure { texts in
            texts.isQuoted = isQuoted
            texts.pupils.append(
                "ROUX;;\(String(repeating: "x", count: 10_000_000));14/03/2019;F;012345678AD;;CP;CP A;70;"
            )
        }
        #expect(error == .tooLarge(file: "b.CSV", line: 4, what: "one cell", limit: 32 * 1024))
    }

    @Test func `a name of many lines or without end is refused`() throws {
        let lines = try failure { $0.pupils.append("ROUX;;\"T\nom\";14/03/2019;F;012345678AD;;CP;CP A;70;") }
        let long = try failure {
            $0.pupils.append("ROUX;;\(String(repeating: "x", count: 300));14/03/2019;F;012345678AD;;CP;CP A;70;")
        }
        for error in [lines, long] {
            guard case .records(let faults) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(faults.kept.map(\.line) == [4])
        }
    }

    @Test func `an extraction without pupils is refused`() throws {
        let error = try failure { $0.pupils.removeLast(2) }
        guard case .unexpected("b.CSV", 1, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a damaged file is an answer, never a trap`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let original = Texts()
        var refused = 0
        for round in 0..<150 {
            let folder = try TestFolder()
            try folder.write("p.csv", Self.damaged(original.bytes(original.pupils), &generator))
            try folder.write("g.csv", Self.damaged(original.bytes(original.guardians), &generator))
            try folder.write("t.csv", original.bytes(original.teachers))
            do {
                let records = try ONDEReader().read(try ONDEExport(paths: [folder.path]))
                    .linked(to: ONDESampleTests.school)
                #expect(records.peakBytes < 10_000)
            } catch is ExportError { refused += 1 } catch { Issue.record("seed \(seed), round \(round): \(error)") }
        }
        #expect(refused > 0)
    }

    /// Some bytes changed, taken out or written twice.
    private static func damaged(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(place + 30, bytes.count)], at: place)
            }
        }
        return bytes
    }
}
