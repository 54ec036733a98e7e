import DirectoryImport
import Testing

struct XMLReaderTests {
    func events(
        _ bytes: some Collection<UInt8>,
        limits: XMLLimits = XMLLimits(),
        pieceBytes: Int = 64 * 1024
    ) throws -> [XMLEvent] {
        let source = Pieces(bytes, pieceBytes: pieceBytes)
        var events: [XMLEvent] = []
        try XMLReader(file: "a.xml", limits: limits).read(from: source.fill) { events.append($0) }
        return events
    }

    func text(_ bytes: some Collection<UInt8>) throws -> String {
        try events(bytes).reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
    }

    func failure(_ xml: String, limits: XMLLimits = XMLLimits()) -> ExportError? {
        #expect(throws: ExportError.self) { try events(xml.utf8, limits: limits) }
    }

    @Test(arguments: [1, 2, 3, 7, 64 * 1024])
    func `events are the same whatever the size of the pieces`(pieceBytes: Int) throws {
        let xml = "\u{FEFF}<?xml version=\"1.0\"?>\n<a x=\"1\">\n <b>é&amp;&eacute;<![CDATA[<]]></b><!-- c --><b/></a>"
        #expect(
            try events(xml.utf8, pieceBytes: pieceBytes) == [
                .start(name: "a", attributes: [XMLAttribute(name: "x", value: "1")], line: 2),
                .start(name: "b", attributes: [], line: 3), .text("é&é<"), .end(name: "b"), .comment(" c "),
                .start(name: "b", attributes: [], line: 3), .end(name: "b"), .end(name: "a"),
            ]
        )
    }

    @Test(
        arguments: [
            ("UTF-8 without a declaration", "", [0xC5, 0x93], "œ"),
            ("ISO-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?>", [0xE9, 0xA4], "é¤"),
            ("ISO-8859-15", "<?xml version='1.0' encoding='iso-8859-15'?>", [0xBD, 0xA4, 0xE9], "œ€é"),
            ("windows-1252", "<?xml version='1.0' encoding='windows-1252'?>", [0x9C, 0x80, 0x92], "œ€’"),
            (
                "a reference that the encoding lacks", "<?xml version='1.0' encoding='ISO-8859-15'?>",
                Array("&#291;".utf8), "ģ"
            ),
        ] as [(String, String, [UInt8], String)]
    )
    func `declared encodings are honoured`(name: String, declaration: String, bytes: [UInt8], text: String) throws {
        #expect(try self.text(Array(declaration.utf8) + Array("<a>".utf8) + bytes + Array("</a>".utf8)) == text)
    }

    @Test func `UTF-16 with a mark is read`() throws {
        let xml = "\u{FEFF}<?xml version='1.0' encoding='UTF-16'?><a>é🐞</a>"
        #expect(try text(xml.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == "é🐞")
    }

    @Test func `a byte order mark wins over the declaration`() throws {
        #expect(try text("\u{FEFF}<?xml version='1.0' encoding='ISO-8859-15'?><a>é</a>".utf8) == "é")
    }

    @Test(arguments: ["", "<!DOCTYPE a SYSTEM 'missing.dtd'>", "<!DOCTYPE a [<!ELEMENT a (#PCDATA)>]>"])
    func `HTML entities need no declaration and no DTD is fetched`(doctype: String) throws {
        #expect(try text("\(doctype)<a>L&apos;&OElig;illet &eacute;&nosuch;</a>".utf8) == "L'Œillet é&nosuch;")
    }

    @Test func `entities the file declares are expanded`() throws {
        #expect(try text("<!DOCTYPE a [<!ENTITY eacute 'E'>]><a>&eacute;</a>".utf8) == "E")
    }

    @Test func `a billion laughs are refused`() {
        var xml = "<!DOCTYPE a [<!ENTITY l0 '\(String(repeating: "ha", count: 50))'>"
        for level in 1...9 {
            xml += "<!ENTITY l\(level) '\(String(repeating: "&l\(level - 1);", count: 10))'>"
        }
        var limits = XMLLimits()
        limits.textBytesMax = .max
        #expect(failure(xml + "]><a>&l9;</a>", limits: limits) == .entityExpansion(file: "a.xml", line: 1))
    }

    @Test func `an entity within itself is refused`() {
        let xml = "<!DOCTYPE a [<!ENTITY b '&c;'><!ENTITY c '&b;'>]><a>&b;</a>"
        #expect(failure(xml) == .entityExpansion(file: "a.xml", line: 1))
    }

    @Test func `too many declared entities are refused`() {
        let entities = (0...512).map { "<!ENTITY e\($0) 'x'>" }.joined()
        #expect(failure("<!DOCTYPE a [\(entities)]><a/>") == .entityExpansion(file: "a.xml", line: 1))
    }

    @Test func `another file is never read into the text`() {
        let xml = "<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>\n<a>&f;</a>"
        #expect(failure(xml) == .externalEntity(file: "a.xml", line: 2))
    }

    @Test(arguments: ["", "  ", "<a>", "<a><b>te", "<a><b></b", "<a><!-- ", "<a><![CDATA[x", "<!DOCTYPE a", "<a x='"])
    func `a file that stops inside an element ends early`(xml: String) {
        #expect(failure(xml) == .endsEarly(file: "a.xml", line: 1))
    }

    @Test(arguments: [
        ("<a>\n <b></c></a>", 2, 7), ("<a></a><b/>", 1, 8), ("<a>&</a>", 1, 5), ("<a>\u{0}</a>", 1, 4), ("text", 1, 1),
    ])
    func `broken grammar names line and column`(xml: String, line: Int, column: Int) throws {
        guard case .notWellFormed("a.xml", line, column, let what) = try #require(failure(xml)) else {
            Issue.record("\(failure(xml)!)")
            return
        }
        #expect(!what.isEmpty)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: ExportError.self) { try events(Array("<a>".utf8) + [0xE9] + Array("</a>".utf8)) }
    }

    @Test(arguments: ["EBCDIC", "UTF-7", ""])
    func `an unknown encoding is refused`(name: String) {
        #expect(throws: ExportError.self) { try events("<?xml version='1.0' encoding='\(name)'?><a/>".utf8) }
    }

    @Test func `depth, texts, attributes and tokens are bounded`() {
        var limits = XMLLimits()
        limits.depthMax = 3
        limits.textBytesMax = 10
        limits.attributeBytesMax = 10
        limits.tokenBytesMax = 200_000
        #expect(failure("<a><a><a><a/></a></a></a>", limits: limits) == .tooDeep(file: "a.xml", line: 1, limit: 3))
        #expect(
            failure("<a>12345678901</a>", limits: limits)
                == .tooLarge(file: "a.xml", line: 1, what: "text", limit: 10)
        )
        #expect(
            failure("<a x='1234567890'/>", limits: limits)
                == .tooLarge(file: "a.xml", line: 1, what: "attributes", limit: 10)
        )
        #expect(
            failure("<a><!--" + String(repeating: "x", count: 400_000), limits: limits)
                == .tooLarge(file: "a.xml", line: 1, what: "one tag or comment", limit: 200_000)
        )
    }

    @Test func `what the handler throws ends the reading`() {
        struct Stop: Error {}
        var count = 0
        #expect(throws: Stop.self) {
            let source = Pieces("<a><b/><b/><b/></a>".utf8)
            try XMLReader(file: "a.xml").read(from: source.fill) { _ in
                count += 1
                if count == 2 { throw Stop() }
            }
        }
        #expect(count == 2)
    }
}
