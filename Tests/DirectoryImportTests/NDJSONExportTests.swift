import DirectoryImport
import Domain
import Testing

struct NDJSONExportTests {
    @Test func `a file alone may have any name, of several those count that are called NDJSON`() throws {
        let folder = try TestFolder()
        try folder.write("export.txt", "{}")
        #expect(try NDJSONExport(paths: [folder.path]).files.map(\.name) == ["export.txt"])
        try folder.write("b.NDJSON", "{}")
        try folder.write("a.jsonl", "{}")
        let export = try NDJSONExport(paths: [folder.path])
        #expect(export.files.map(\.name) == ["a.jsonl", "b.NDJSON"])
        #expect(export.warnings.map(\.file) == ["export.txt"])
        let empty = try TestFolder()
        #expect(throws: ExportError.missing(what: "NDJSON file (name.ndjson)")) {
            try NDJSONExport(paths: [empty.path])
        }
    }

    @Test func `lines come in a zip`() throws {
        let folder = try TestFolder()
        let line = Array(#"{"op":"upsert","kind":"link","pupil":"1","guardian":"2"}"#.utf8)
        let path = try folder.write("l.zip", ZipExportTests.zip([("x/l.ndjson", line), ("x/readme.md", [1])]))
        let count = try ExportArchive.withFiles(of: [path], under: folder.path) { paths in
            try NDJSONExport(paths: paths).files.map {
                try UserNDJSONReader(file: $0.name).read(path: $0.path) { _ in }
            }
        }
        #expect(count == [1])
    }

    @Test(arguments: [1, 4096, 64 * 1024])
    func `what waits in the reader is bounded by a line and a piece of the file`(pieceBytes: Int) throws {
        let long = String(repeating: "x", count: min(10_000_000, pieceBytes * 300_000))
        let text = long + "\r\nab\n" + String(repeating: "y", count: 101) + "\nlast"
        let source = Pieces(text.utf8, pieceBytes: pieceBytes)
        var reader = LineReader(file: "f", lineBytesMax: 100)
        var lines: [String?] = []
        try reader.read(from: source.fill) { line, _ in lines.append(line.map { String(decoding: $0, as: UTF8.self) }) }
        #expect(lines == [nil, "ab", nil, "last"])
        #expect(reader.peakBytes <= 104 + 64 * 1024)
    }
}
