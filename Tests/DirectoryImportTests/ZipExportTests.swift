import DirectoryImport
import Domain
import Glibc
import Testing

struct ZipExportTests {
    static let field = Sample.folder + "/../field/17-names"

    /// A zip of stored entries, made by hand so that hostile ones can be made too [APPNOTE 6.3, §4.3].
    static func zip(_ entries: [(name: String, content: [UInt8])], flags: UInt16 = 0x0800, mode: UInt32 = 0o100644)
        -> [UInt8]
    {
        var file: [UInt8] = []
        var central: [UInt8] = []
        func two(_ value: some BinaryInteger) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        func four(_ value: some BinaryInteger) -> [UInt8] { two(value) + two(value >> 16) }
        for (name, content) in entries {
            let sizes = four(crc(content)) + four(content.count) + four(content.count)
            let common = two(20) + two(Int(flags)) + two(0) + four(0) + sizes + two(name.utf8.count) + two(0)
            central +=
                four(0x0201_4B50) + two(0x0314) + common + two(0) + two(0) + two(0) + four(mode << 16)
                + four(file.count)
            central += Array(name.utf8)
            file += four(0x0403_4B50) + common + Array(name.utf8) + content
        }
        let count = two(entries.count) + two(entries.count)
        return file + central + four(0x0605_4B50) + four(0) + count + four(central.count) + four(file.count) + two(0)
    }

    /// [ITU-T V.42]
    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    @Test(arguments: ["export.zip", "DELIVERY.ZIP"])
    func `a zip is an export, whatever the case of its name`(name: String) throws {
        let folder = try TestFolder()
        let path = try folder.write(name, try Sample.bytes(Self.field + "/delivery.zip"))
        var directory = Directory()
        try ExportArchive.withFiles(of: [path], under: folder.path) { paths in
            _ = try AAFReader(mode: .complete).read(try AAFExport(paths: paths)) { directory.take($0) }
        }
        #expect((directory.schools.count, directory.pupils.count, directory.relatives.count) == (1, 1, 1))
        #expect(folder.names == [name])
    }

    @Test func `names of AAF files are known in any letter case`() throws {
        var directory = Directory()
        try directory.read(Self.field + "/upper-case-suffix", mode: .complete)
        #expect((directory.schools.count, directory.pupils.count, directory.relatives.count) == (1, 1, 1))
        #expect(throws: ExportError.self) {
            try AAFReader(mode: .delta).read(try AAFExport(paths: [Self.field + "/upper-case-suffix"])) { _ in }
        }
    }

    @Test func `the three extractions come in a zip with folders and names with accents`() throws {
        let folder = try TestFolder()
        let texts = ONDEReaderTests.Texts()
        let path = try folder.write(
            "onde.zip",
            Self.zip([
                ("Extractions/", []), ("Extractions/Élèves.CSV", texts.bytes(texts.pupils)),
                ("Extractions/Responsables.csv", texts.bytes(texts.guardians)), ("__MACOSX/._Responsables.csv", [1]),
                ("Extractions/Enseignants.csv", texts.bytes(texts.teachers)),
            ])
        )
        let records = try ExportArchive.withFiles(of: [path], under: folder.path) { paths in
            try ONDEReader().read(try ONDEExport(paths: paths)).linked(to: ONDESampleTests.school)
        }
        #expect(ONDEDirectory(records).pupils.count == 2)
        #expect(records.records.contains { $0.file == "Élèves.CSV" })
        #expect(folder.names == ["onde.zip"])
    }

    @Test(arguments: ["parent", "absolute", "link", "twice", "encrypted", "cut", "no zip"])
    func `hostile and damaged zips are refused and leave nothing behind`(kind: String) throws {
        let bytes: [UInt8] =
            switch kind {
            case "parent": Self.zip([("a/../../f", [1])])
            case "absolute": Self.zip([("/tmp/f", [1])])
            case "link": Self.zip([("f", Array("/etc/passwd".utf8))], mode: 0o120777)
            case "twice": Self.zip([("a/f", [1]), ("b/f", [2])])
            case "encrypted": Self.zip([("f", Array(repeating: 7, count: 20))], flags: 1)
            case "cut": Array(try Sample.bytes(Self.field + "/delivery.zip").prefix(400))
            default: Array("PK but no zip".utf8)
            }
        let folder = try TestFolder()
        let path = try folder.write("a.zip", bytes)
        let error = #expect(throws: ExportError.self) {
            try ExportArchive.withFiles(of: [path], under: folder.path) { _ in Issue.record("nothing is handed over")
            }
        }
        guard case .archive = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(folder.names == ["a.zip"])
    }

    @Test func `a zip is bounded as any other archive`() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.zip", try Sample.bytes(Self.field + "/delivery.zip"))
        var limits = ExportArchive.Limits()
        limits.unpackedBytesMax = 1751
        #expect(throws: ExportError.tooLarge(file: "a.zip", line: 0, what: "unpacked bytes", limit: 1751)) {
            try ExportArchive.withFiles(of: [path], under: folder.path, limits: limits) { _ in }
        }
        limits.unpackedBytesMax = 1752
        #expect(try ExportArchive.withFiles(of: [path], under: folder.path, limits: limits) { $0.count } == 3)
        limits.entriesMax = 2
        #expect(throws: ExportError.tooLarge(file: "a.zip", line: 0, what: "entries", limit: 2)) {
            try ExportArchive.withFiles(of: [path], under: folder.path, limits: limits) { _ in }
        }
        #expect(folder.names == ["a.zip"])
    }
}
