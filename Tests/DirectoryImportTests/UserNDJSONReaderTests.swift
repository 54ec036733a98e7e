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
        let error = #expect(throws: DeliveryError.self) { try read("\(good)\n\(line)\n\(good)") }
        guard case .unexpected("u", 2, _) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `a line without end is refused before it fills the memory`() {
        let text = "{}" + String(repeating: " ", count: 1_000_000)
        #expect(
            throws: DeliveryError.tooLarge(file: "u", line: 1, what: "one line", limit: UserNDJSONReader.lineBytesMax)
        ) { try read(text) }
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
