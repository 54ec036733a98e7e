import Domain
import Testing

/// The document of wishes, and what it means for a publication.
struct WishesTests {
    private func read(_ text: String) throws -> Wishes {
        let value = try JSONParser.parse(text)
        var reader = WishesReader { $0 == "Europe/Paris" || $0 == "Indian/Reunion" }
        return try reader.read(value)
    }

    private func mistakes(_ text: String) throws -> [String] {
        do { _ = try read(text) } catch let error as WishesReader.DocumentError {
            return error.errors.map { "\($0.pointer) \($0.code)" }
        }
        return []
    }

    @Test func `what is written is read again`() throws {
        let wishes = try read(
            """
            {"kinds":{"blog.Publish-Post":{"push":false},"NEWS.X":{"push":true,"else":1},"A.B":{},"C.D":null},"mutedClasses":["c1","c1","é"],
             "locale":"fr-FR","quietHours":{"enabled":true,"timezone":"Europe/Paris","pauses":[{"from":"21:00","to":"07:30"},
             {"from":"Sat 12:00","to":"Mon 07:00"}]},"somethingNew":[1]}
            """
        )
        #expect(wishes.kinds == [.init(name: "BLOG.PUBLISH-POST", push: false), .init(name: "NEWS.X", push: true)])
        #expect(wishes.mutedClasses == ["c1", "é"] && wishes.locale == "fr-FR")
        #expect(wishes.quietHours?.pauses.count == 2)
        #expect(try read(JSONWriter.text(.object(wishes.document))) == wishes)
        #expect(try read("{}") == Wishes())
        #expect(try read(JSONWriter.text(.object(Wishes().document))) == Wishes())
    }

    @Test(arguments: [
        ("[]", [" wrongType"]), (#"{"kinds":[]}"#, ["/kinds wrongType"]),
        (#"{"kinds":{"A.B":true}}"#, ["/kinds/A.B wrongType"]),
        (#"{"kinds":{"A.B":{"push":"yes"}}}"#, ["/kinds/A.B/push wrongType"]),
        (#"{"kinds":{"nodot":{"push":true}}}"#, ["/kinds/nodot malformed"]),
        (#"{"kinds":{"a.b":{"push":true},"A.B":{"push":false}}}"#, ["/kinds/A.B duplicate"]),
        (#"{"mutedClasses":[""]}"#, ["/mutedClasses/0 malformed"]),
        (#"{"mutedClasses":["\u0000"]}"#, ["/mutedClasses/0 malformed"]),
        (#"{"locale":"?"}"#, ["/locale malformed"]), (#"{"quietHours":true}"#, ["/quietHours wrongType"]),
        (#"{"quietHours":{"timezone":"Mars/Base"}}"#, ["/quietHours/timezone unknownValue"]),
        (#"{"quietHours":{"timezone":"../../etc"}}"#, ["/quietHours/timezone unknownValue"]),
        (#"{"quietHours":{"pauses":[{"from":"21:00"}]}}"#, ["/quietHours/pauses/0 wrongType"]),
        (#"{"quietHours":{"pauses":[{"from":"25:00","to":"07:00"}]}}"#, ["/quietHours/pauses/0/from malformed"]),
        (#"{"quietHours":{"pauses":[{"from":"Fri 20:00","to":"07:00"}]}}"#, ["/quietHours/pauses/0 malformed"]),
        (
            #"{"quietHours":{"pauses":[{"from":"00:00","to":"12:00"},{"from":"12:00","to":"24:00"}]}}"#,
            ["/quietHours/pauses neverOpens"]
        ),
    ])
    func `what is wrong is named where it stands`(text: String, expected: [String]) throws {
        #expect(try mistakes(text) == expected)
    }

    @Test func `the sums of a document are bounded`() throws {
        let kinds = (0...WishesReader.kindsMax).map { "\"A.B\($0)\":{\"push\":true}" }.joined(separator: ",")
        #expect(try mistakes("{\"kinds\":{\(kinds)}}") == ["/kinds tooMany"])
        let classes = (0...WishesReader.classesMax).map { "\"c\($0)\"" }.joined(separator: ",")
        #expect(try mistakes("{\"mutedClasses\":[\(classes)]}") == ["/mutedClasses tooMany"])
    }

    @Test(
        arguments: [
            (KindSwitch(), nil, nil), (KindSwitch(), true, nil), (KindSwitch(), false, Reason.optedOut),
            (KindSwitch(push: false), nil, .optedOut), (KindSwitch(push: false), true, nil),
            (KindSwitch(push: false), false, .optedOut),
            (KindSwitch(isDisabled: true), true, .kindDisabled),
            (KindSwitch(isDisabled: true, push: false), nil, .kindDisabled),
        ] as [(KindSwitch, Bool?, Reason?)]
    )
    func `administrator over parent over default`(kind: KindSwitch, wish: Bool?, reason: Reason?) {
        #expect(kind.reason(wish: wish) == reason)
    }

    /// Appendix A of RFC 7396.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func `a merge patch does what its standard says`(target: String, patch: String, result: String) throws {
        let merged = try JSONParser.parse(target).merged(with: try JSONParser.parse(patch))
        #expect(merged == (try JSONParser.parse(result)))
    }

    @Test func `the ENT's document keeps what the app wrote, with the switches of now`() throws {
        let kept =
            #"{"page":0,"type":["BLOG"],"config":{"blog.publish-post":{"push-notif":true,"type":"BLOG","event-type":"PUBLISH-POST","defaultFrequency":"DAILY"},"odd":3}}"#
        var wishes = Wishes()
        wishes.set("BLOG.PUBLISH-POST", push: false)
        wishes.set("NEWS.INFO", push: true)
        let text = TimelineDocument.text(kept: kept, wishes)
        let document = try JSONParser.parse(text)
        #expect(document["page"] == 0 && document["type"] == ["BLOG"])
        #expect(document["config"]?["blog.publish-post"]?["push-notif"] == false)
        #expect(document["config"]?["blog.publish-post"]?["defaultFrequency"] == "DAILY")
        #expect(document["config"]?["odd"] == 3)
        #expect(document["config"]?["news.info"]?["push-notif"] == true)
        #expect(TimelineChoices(document: document)?.choices.map(\.push) == [false, true])
        #expect(TimelineDocument.text(kept: nil, Wishes()) == "{}")
        #expect(TimelineDocument.text(kept: "not JSON", Wishes()) == "{}")
    }
}
