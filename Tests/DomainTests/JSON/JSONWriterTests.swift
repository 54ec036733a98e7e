import Domain
import Testing

struct JSONWriterTests {
    @Test(arguments: [
        (#"{"a":1,"b":[true,null,-1.5e3],"c":{"d":"é\n\"\\\u0001"}}"#), "[]", "{}", #""🌰""#, "12345678901234567890",
    ])
    func `a compact text comes back as it was`(text: String) throws {
        #expect(JSONWriter.text(try JSONParser.parse(text)) == text)
    }

    @Test func `only what must be is escaped`() {
        let text = "a\"b\\c/d\u{7F}\u{2028}é\n\r\t\u{8}\u{C}\u{0}\u{1F}"

        #expect(JSONWriter.text(.string(text)) == #""a\"b\\c/d"# + "\u{7F}\u{2028}é" + #"\n\r\t\b\f\u0000\u001f""#)
        #expect(try! JSONParser.parse(JSONWriter.bytes(.string(text))) == .string(text))
    }

    @Test func `pieces are appended without building values`() {
        var buffer: [UInt8] = []
        JSONWriter.appendName("n", to: &buffer)
        JSONWriter.append(-5, to: &buffer)
        JSONWriter.append(1.5, to: &buffer)
        JSONWriter.append(Double.nan, to: &buffer)
        JSONWriter.append(true, to: &buffer)
        JSONWriter.append("x\"", to: &buffer)
        JSONWriter.appendUnquoted("é\n", to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == #""n":-51.5nulltrue"x\""é\n"#)
    }

    @Test func `an object keeps order through changes`() {
        var object: JSONObject = JSONObject(["a": 1, "b": 2, "c": 3])
        object["b"] = nil
        object["a"] = "x"
        object["d"] = nil
        object["e"] = true
        #expect(JSONWriter.text(.object(object)) == #"{"a":"x","c":3,"e":true}"#)
    }

    @Test func `a pointer escapes the names of members`() {
        #expect(JSONPointer.root.member("a/b~c").index(3).member("d").description == "/a~1b~0c/3/d")
        #expect(JSONPointer.root.description == "")
    }
}
