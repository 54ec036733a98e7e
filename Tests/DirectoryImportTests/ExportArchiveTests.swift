import DirectoryImport
import Glibc
import Testing

struct ExportArchiveTests {
    /// One ustar entry, made by hand so that hostile ones can be made too.
    func entry(_ name: String, _ content: String = "", type: Character = "0", link: String = "") -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        let octal = { (value: Int, width: Int) in
            String(repeating: "0", count: width - String(value, radix: 8).count) + String(value, radix: 8)
        }
        put(name, at: 0)
        put("0000644\u{0}0000000\u{0}0000000\u{0}", at: 100)
        put(
            octal(content.utf8.count, 11) + "\u{0}" + octal(0, 11) + "\u{0}" + "        " + String(type) + link,
            at: 124
        )
        put("ustar\u{0}00", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        let padding = [UInt8](repeating: 0, count: (512 - content.utf8.count % 512) % 512)
        return header + Array(content.utf8) + padding
    }

    let end = [UInt8](repeating: 0, count: 1024)

    @Test func `an export survives packing and unpacking and leaves nothing behind`() throws {
        let folder = try TestFolder()
        let tar = folder.path + "/export.tar"
        try ExportArchive.write([Sample.aaf("complet-2026-09-01")], to: tar)
        var directory = Directory()
        try ExportArchive.withUnpacked(tar, under: folder.path) { paths in
            #expect(paths.count == 7)
            _ = try AAFReader(mode: .complete).read(try AAFExport(paths: paths)) { directory.take($0) }
        }
        #expect(directory.pupils.count == 639)
        #expect(folder.names == ["export.tar"])
    }

    @Test func `a gzipped tar is unpacked`() throws {
        // printf abc > f; tar --format=ustar -cf - f | gzip -9n
        let bytes: [UInt8] = Self.gzip
        let folder = try TestFolder()
        let path = try folder.write("a.tgz", bytes)
        try ExportArchive.withUnpacked(path, under: folder.path) { paths in
            let contents = try paths.map { try Sample.bytes($0) }
            #expect(contents == [Array("abc".utf8)])
        }
        try folder.write("a.tgz", bytes.prefix(bytes.count / 2))
        #expect(throws: ExportError.self) { try ExportArchive.withUnpacked(path, under: folder.path) { _ in } }
        #expect(folder.names == ["a.tgz"])
    }

    @Test func `only plain files come out, under their base names`() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.tar", entry("d/", type: "5") + entry("d/f", "x") + entry("d/._f", "y") + end)
        try ExportArchive.withUnpacked(path, under: folder.path) { paths in
            #expect(paths.map { $0.split(separator: "/").last } == ["f"])
            var status = stat()
            stat(paths[0], &status)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test(arguments: [
        "absolute", "parent", "symbolic link", "hard link", "device", "pipe", "twice", "cut", "no tar",
    ])
    func `hostile and damaged archives are refused and leave nothing behind`(kind: String) throws {
        let bytes: [UInt8] =
            switch kind {
            case "absolute": entry("/tmp/f", "x") + end
            case "parent": entry("a/../../f", "x") + end
            case "symbolic link": entry("f", type: "2", link: "/etc/passwd") + end
            case "hard link": entry("g", "x") + entry("f", type: "1", link: "g") + end
            case "device": entry("f", type: "3") + end
            case "pipe": entry("f", type: "6") + end
            case "twice": entry("a/f", "x") + entry("b/f", "y") + end
            case "cut": Array(entry("f", String(repeating: "x", count: 2000)).prefix(1500))
            default: Array("this is no archive".utf8)
            }
        let folder = try TestFolder()
        let path = try folder.write("a.tar", bytes)
        let error = #expect(throws: ExportError.self) {
            try ExportArchive.withUnpacked(path, under: folder.path) { _ in Issue.record("nothing is handed over") }
        }
        guard case .archive = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(folder.names == ["a.tar"])
    }

    @Test func `folders in folders are bounded, and a path of Windows is one`() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.tar", entry("export\\f.csv", "x") + end)
        try ExportArchive.withUnpacked(path, under: folder.path) { paths in
            #expect(paths.map { $0.split(separator: "/").last } == ["f.csv"])
        }
        try folder.write("a.tar", entry(String(repeating: "d/", count: 16) + "f", "x") + end)
        #expect(throws: ExportError.archive(entry: "f", what: "too many folders in folders")) {
            try ExportArchive.withUnpacked(path, under: folder.path) { _ in }
        }
        try folder.write("a.tar", entry("a\\..\\..\\f", "x") + end)
        #expect(throws: ExportError.self) { try ExportArchive.withUnpacked(path, under: folder.path) { _ in } }
    }

    @Test func `entries and unpacked bytes are bounded`() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.tar", entry("f", "12345") + entry("g", "12345") + end)
        var limits = ExportArchive.Limits()
        limits.unpackedBytesMax = 9
        #expect(throws: ExportError.tooLarge(file: "a.tar", line: 0, what: "unpacked bytes", limit: 9)) {
            try ExportArchive.withUnpacked(path, under: folder.path, limits: limits) { _ in }
        }
        limits = ExportArchive.Limits()
        limits.entriesMax = 1
        #expect(throws: ExportError.tooLarge(file: "a.tar", line: 0, what: "entries", limit: 1)) {
            try ExportArchive.withUnpacked(path, under: folder.path, limits: limits) { _ in }
        }
        #expect(folder.names == ["a.tar"])
    }

    @Test func `a file that is missing leaves no archive`() throws {
        let folder = try TestFolder()
        #expect(throws: ExportError.unreadable(file: "missing", code: ENOENT)) {
            try ExportArchive.write([folder.path + "/missing"], to: folder.path + "/a.tar")
        }
        #expect(folder.names.isEmpty)
    }

    static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xED, 0xCF, 0x39, 0x0A, 0x80, 0x40, 0x0C, 0x00,
        0xC0, 0x7D, 0x8A, 0x4F, 0x70, 0xF1, 0xF8, 0x8F, 0x0A, 0xB6, 0x82, 0xC7, 0xFF, 0x0D, 0x56, 0x62, 0xA1, 0x95,
        0x82, 0x30, 0xD3, 0x24, 0x24, 0x81, 0x24, 0x63, 0x7A, 0x5F, 0x19, 0xDA, 0xBA, 0x3E, 0x62, 0xB8, 0xC6, 0x50,
        0x9D, 0xF2, 0xA8, 0xE7, 0x9C, 0x9B, 0x36, 0x15, 0xE5, 0x07, 0xB7, 0xA5, 0x6D, 0x59, 0xBB, 0x39, 0xD6, 0xCF,
        0xD3, 0xB4, 0xDE, 0xCD, 0x3D, 0xF5, 0xAF, 0xCF, 0xFD, 0x44, 0xD7, 0x0F, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x80, 0xFF, 0xD9, 0x01, 0x19, 0x3B, 0x44, 0xB5, 0x00, 0x28, 0x00, 0x00,
    ]
}
