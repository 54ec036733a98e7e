import DirectoryImport
import Domain
import Testing

/// AAF files of which nothing may be taken, or only with reserve: typed, with file, line and record.
struct AAFBadInputTests {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ficAlimMENESR>\n"

    func request(_ id: String, _ attributes: String = "", line end: String = "\n") -> String {
        "<addRequest><operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr></operationalAttributes>\(end)"
            + "<identifier><id>\(id)</id></identifier><attributes>\(attributes)</attributes></addRequest>\(end)"
    }

    func read(_ bytes: some Collection<UInt8>) throws -> (keys: [String], AAFSummary) {
        let folder = try TestFolder()
        let path = try folder.write("E_Eleve_0000.xml", bytes)
        var keys: [String] = []
        let summary = try AAFReader(mode: .delta).read(try AAFExport(paths: [path])) { operation in
            if case .add(.pupil(let pupil)) = operation.action { keys.append(pupil.person.key) }
        }
        return (keys, summary)
    }

    @Test func `a file cut anywhere is refused with its name`() throws {
        let whole = Array((head + request("1") + "</ficAlimMENESR>").utf8)
        for length in stride(from: 1, to: whole.count - 1, by: 7) {
            let error = #expect(throws: ExportError.self) { try read(whole.prefix(length)) }
            #expect(error?.description.hasPrefix("E_Eleve_0000.xml:") == true)
        }
    }

    @Test func `bytes that are not the declared encoding are refused with the line`() throws {
        let bytes = Array(head.utf8) + Array("<!-- ".utf8) + [0xE9, 0x20] + Array("--></ficAlimMENESR>".utf8)
        let error = #expect(throws: ExportError.self) { try read(bytes) }
        #expect(error?.description.hasPrefix("E_Eleve_0000.xml:3") == true, "\(error?.description ?? "")")
    }

    @Test func `another root is refused`() throws {
        let error = #expect(throws: ExportError.self) { try read("<eleves/>".utf8) }
        guard case .unexpected("E_Eleve_0000.xml", 1, _) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `100000 records without an id are counted, the first kept, and the good one is read`() throws {
        let text = head + String(repeating: request(""), count: 100_000) + request("7") + "</ficAlimMENESR>"
        let (keys, summary) = try read(text.utf8)
        #expect(keys == ["7"])
        #expect((summary.warnings.total, summary.warnings.kept.count) == (100_000, Limits().importWarningsMax))
        let first = try #require(summary.warnings.kept.first)
        #expect((first.file, first.line, first.code) == ("E_Eleve_0000.xml", 3, "noIdentifier"))
    }

    @Test func `a value of 10 MB is refused where it passes the bound`() throws {
        let value = String(repeating: "x", count: 10_000_000)
        let attribute = "<attr name=\"ENTPersonNom\"><value>\(value)</value></attr>"
        let error = #expect(throws: ExportError.self) {
            try read((head + request("1", attribute) + "</ficAlimMENESR>").utf8)
        }
        guard case .tooLarge("E_Eleve_0000.xml", let line, _, let limit) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(line == 4 && limit <= 1024 * 1024)
    }

    @Test func `mixed line ends count as lines, and a formula is a text`() throws {
        let formula = "<attr name=\"ENTPersonNom\"><value>=1+1</value></attr>"
        let text =
            head + request("1", formula, line: "\r\n") + request("2", line: "\n") + request("", line: "\r\n")
            + "</ficAlimMENESR>"
        let (keys, summary) = try read(text.utf8)
        #expect(keys == ["1", "2"])
        #expect(summary.warnings.kept.map(\.line) == [7])
    }
}
