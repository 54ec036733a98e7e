import DirectoryImport
import Domain
import Testing

struct UserNDJSONReaderTests {
    func read(_ text: String, pieceBytes: Int = 64 * 1024) throws -> [DirectoryLine] {
        var lines: [DirectoryLine] = []
        let source = Pieces(text.utf8, pieceBytes: pieceBytes)
        let count = try UserNDJSONReader(file: "u").read(from: source.fill) { lines.append($0) }
        #expect(count == lines.count)
        return lines
    }

    @Test(arguments: [1, 5, 64 * 1024])
    func `lines are read whatever their ends and the size of the pieces`(pieceBytes: Int) throws {
        let text =
            "\u{FEFF}{\"op\":\"upsert\",\"kind\":\"user\",\"id\":\"u1\",\"externalId\":\"01\",\"profile\":\"relative\",\"locale\":\"fr\"}\r\n"
            + " \n\n{\"op\":\"remove\",\"kind\":\"user\",\"id\":\"é2\",\"profile\":null}"
        #expect(
            try read(text, pieceBytes: pieceBytes) == [
                DirectoryLine(
                    .upsert,
                    .user(UserRecord(id: "u1", externalKey: "01", profile: .relative, locale: "fr")),
                    line: 1
                ),
                DirectoryLine(
                    .remove,
                    .user(UserRecord(id: "é2", externalKey: "", profile: nil, locale: nil)),
                    line: 4
                ),
            ]
        )
    }

    @Test(
        arguments: [
            (
                #""kind":"school","id":"1","uai":"U","name":"N","zone":"Europe/Paris""#,
                .school(SchoolRecord(key: "1", uai: "U", name: "N"), zone: "Europe/Paris")
            ),
            (#""kind":"class","id":"1","school":"2","name":"N""#, .schoolClass(key: "1", school: "2", name: "N")),
            (#""kind":"group","id":"1","school":"2""#, .group(key: "1", school: "2", name: "")),
            (
                #""kind":"pupil","id":"1","lastName":"L","firstName":"F""#,
                .pupil(PersonRecord(key: "1", lastName: "L", firstName: "F"))
            ),
            (#""kind":"guardian","id":"1""#, .guardian(PersonRecord(key: "1", lastName: "", firstName: ""))),
            (#""kind":"staff","id":"1","more":[1]"#, .staff(PersonRecord(key: "1", lastName: "", firstName: ""))),
            (
                #""kind":"membership","pupil":"1","class":"2","from":"1970-01-02","to":"1970-01-03""#,
                .membership(
                    pupil: "1",
                    .init(
                        place: .schoolClass(key: "2", school: "", name: ""),
                        from: CalendarDay(daysSince1970: 1),
                        to: CalendarDay(daysSince1970: 2)
                    )
                )
            ),
            (#""kind":"link","pupil":"1","guardian":"2""#, .link(pupil: "1", guardian: "2")),
        ] as [(String, DirectoryLine.Item)]
    )
    func `every kind is read`(members: String, item: DirectoryLine.Item) throws {
        #expect(try read("{\"op\":\"upsert\",\(members)}") == [DirectoryLine(.upsert, item, line: 1)])
    }

    @Test(arguments: [
        "x", "[]", "{", "{\"op\":\"upsert\"}", #"{"op":"replace","kind":"user","id":"1","externalId":"2"}"#,
        #"{"op":"upsert","kind":"pet","id":"1"}"#, #"{"op":"upsert","kind":"user","id":"1"}"#,
        #"{"op":"upsert","kind":"user","id":1,"externalId":"2"}"#,
        #"{"op":"upsert","kind":"user","id":"","externalId":"2"}"#,
        #"{"op":"upsert","kind":"user","id":"1","externalId":"2","profile":"guest"}"#,
        #"{"op":"upsert","kind":"membership","pupil":"1","class":"2","group":"3"}"#,
        #"{"op":"upsert","kind":"membership","pupil":"1","class":"2","from":"2026-02-30"}"#,
        #"{"op":"upsert","kind":"membership","pupil":"1","class":"2","from":"2026-02-03","to":"2026-02-02"}"#,
        "{\"op\":\"upsert\",\"kind\":\"user\",\"id\":\"\(String(repeating: "u", count: 200))\",\"externalId\":\"2\"}",
    ])
    func `a wrong line fails the import and is named`(line: String) throws {
        let good = #"{"op":"upsert","kind":"link","pupil":"1","guardian":"2"}"#
        let error = #expect(throws: ExportError.self) { try read("\(good)\n\(line)\n\(good)") }
        guard case .records(let faults) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect((faults.file, faults.total, faults.kept.map(\.line)) == ("u", 1, [2]))
    }

    @Test func `a line without end is refused before it fills the memory, and what follows is read`() throws {
        let text = "{}" + String(repeating: " ", count: 1_000_000) + "\n{}"
        let error = #expect(throws: ExportError.self) { try read(text) }
        guard case .records(let faults) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(faults.kept.map(\.line) == [1, 2])
        #expect(faults.kept[0].what.contains("65536"))
    }

    @Test func `a line of a user may name the feed its key belongs to`() throws {
        let line = #"{"op":"upsert","kind":"user","id":"u","externalId":"1","feed":"lyon"}"#
        #expect(
            try read(line).map(\.item) == [
                .user(UserRecord(id: "u", externalKey: "1", profile: nil, locale: nil, feed: "lyon"))
            ]
        )
    }

    @Test func `bad lines are all counted, the first are kept, and nothing follows them`() throws {
        let good = #"{"op":"upsert","kind":"link","pupil":"1","guardian":"2"}"# + "\n"
        let text = good + String(repeating: "{\"op\":\n", count: 100_000) + good
        var handed = 0
        let error = #expect(throws: ExportError.self) {
            try UserNDJSONReader(file: "u").read(from: Pieces(text.utf8).fill) { _ in handed += 1 }
        }
        guard case .records(let faults) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(handed == 1)
        #expect((faults.total, faults.kept.count, faults.warnings.last?.line) == (100_000, 100, 101))
        let sentence = faults.description
        #expect(sentence.contains("u:2:") && sentence.contains("99995 more") && sentence.utf8.count < 1000)
    }

    @Test(arguments: ["UTF-16", "ISO-8859-1"])
    func `another encoding than UTF-8 is named`(name: String) throws {
        let line = #"{"op":"upsert","kind":"pupil","id":"1","lastName":"é"}"#
        var bytes: [UInt8] = []
        if name == "UTF-16" {
            for unit in "\u{FEFF}\(line)".utf16 { bytes += [UInt8(unit & 255), UInt8(unit >> 8)] }
        } else {
            bytes = line.unicodeScalars.map { UInt8($0.value) }
        }
        let source = Pieces(bytes)
        let error = #expect(throws: ExportError.self) {
            try UserNDJSONReader(file: "u").read(from: source.fill) { _ in }
        }
        let text = error.map(\.description) ?? ""
        #expect(text.contains("UTF-8"))
    }

    @Test func `the sample's users are read`() throws {
        var profiles: [UserRecord.Profile: Int] = [:]
        let count = try UserNDJSONReader(file: "users").read(path: Sample.folder + "/directory/users.ndjson") { line in
            if case .user(let user) = line.item, let profile = user.profile { profiles[profile, default: 0] += 1 }
        }
        #expect(count == 1656)
        #expect(profiles.values.reduce(0, +) == 1656)
    }
}
