import Domain
import Testing

struct JSONParserTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("false", false), ("0", .number("0")), ("-0", .number("-0")),
        ("1.50e+3", .number("1.50e+3")), ("12345678901234567890123", .number("12345678901234567890123")),
        (#""""#, ""), (#""é🌰""#, "é🌰"), (#""\u00e9\ud83c\udf30\/\"\\\b\f\n\r\t""#, "é🌰/\"\\\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\0"),
        ("[]", []), ("[1,[2,{}]]", [1, [2, .object(JSONObject())]]),
        (#"{"a":1,"b":{"c":[null]}}"#, ["a": 1, "b": ["c": [nil]]]),
        ("\t\r\n [ 1 , 2 ] \n", [1, 2]),
        ("\u{FEFF}{}", .object(JSONObject())),
        (#""a\ud83c""#, "a\u{FFFD}"), (#""\udf30b""#, "\u{FFFD}b"), (#""\ud83c\u0041""#, "\u{FFFD}A"),
        (#""\ud83c\ud83c\udf30""#, "\u{FFFD}🌰"),
        // Two spellings of one accented name are two names.
        (#"{"\u00e9":1,"e\u0301":2}"#, ["\u{E9}": 1, "e\u{301}": 2]),
    ]

    @Test(arguments: accepted)
    func `a valid text gives its value`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    static let refused: [(String, JSONError.Kind, Int)] = [
        ("", .syntax, 0), (" ", .syntax, 1), ("tru", .syntax, 3), ("nul1", .syntax, 3), ("01", .trailingBytes, 1),
        ("+1", .syntax, 0),
        ("1.", .syntax, 0), (".5", .syntax, 0), ("-", .syntax, 0), ("1e", .syntax, 0), ("NaN", .syntax, 0),
        ("Infinity", .syntax, 0),
        ("'a'", .syntax, 0), ("\"a", .syntax, 2), ("\"a\nb\"", .syntax, 2), (#""\x""#, .syntax, 1),
        (#""\u12g4""#, .syntax, 5),
        (#""\u"#, .syntax, 3),
        ("[1,]", .syntax, 3), ("[1 2]", .syntax, 3), ("[,]", .syntax, 1), ("[", .syntax, 1), ("]", .syntax, 0),
        ("{\"a\":}", .syntax, 5),
        ("{\"a\" 1}", .syntax, 5), ("{a:1}", .syntax, 1), ("{\"a\":1,}", .syntax, 7), ("{,}", .syntax, 1),
        ("{1:2}", .syntax, 1),
        ("{} {}", .trailingBytes, 3), ("1//", .trailingBytes, 1), ("\u{FEFF}\u{FEFF}{}", .syntax, 3),
        ("\u{A0}1", .syntax, 0),
        (#"{"a":1,"b":2,"a":3}"#, .duplicateMember, 13), (#"{"a":1,"\u0061":3}"#, .duplicateMember, 7),
    ]

    @Test(arguments: refused)
    func `a text that is no JSON is refused where it goes wrong`(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(throws: JSONError(kind, at: offset)) { try JSONParser.parse(text) }
    }

    @Test(
        arguments: [
            ([0x22, 0xC0, 0xA0, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0x80, 0x22], 1), ([0x22, 0xE9, 0x22], 1), ([0x22, 0xF0, 0x9F], 1), ([0x22, 0x61, 0xC3], 2),
            ([0xFF], 0),
        ] as [([UInt8], Int)]
    )
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8], offset: Int) {
        #expect(throws: JSONError(.notUTF8, at: offset)) { try JSONParser.parse(bytes) }
    }

    @Test func `depth is bounded, also far beyond the limit`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }

        #expect(throws: Never.self) { try JSONParser.parse(nested(32), depthMax: 32) }
        #expect(throws: JSONError(.tooDeep, at: 32)) { try JSONParser.parse(nested(33), depthMax: 32) }
        #expect(throws: JSONError(.tooDeep, at: 256)) { try JSONParser.parse(nested(100_000), depthMax: .max) }
        #expect(throws: JSONError(.tooDeep, at: 3)) { try JSONParser.parse("[1,[]]", depthMax: 1) }
    }

    @Test func `a duplicate name is found among many`() throws {
        let members = (0..<2000).map { "\"k\($0)\":\($0)" }
        let object = "{" + members.joined(separator: ",") + "}"

        #expect(try JSONParser.parse(object).object?.count == 2000)
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{" + (members + ["\"k7\":0"]).joined(separator: ",") + "}")
        }
        #expect(error?.kind == .duplicateMember)
    }

    @Test func `a name is at most 256 bytes, unless the caller allows more`() throws {
        let long = "{\"" + String(repeating: "é", count: 128) + "a\":1}"

        #expect(throws: JSONError(.nameTooLong, at: 1)) { try JSONParser.parse(long) }
        #expect(try JSONParser.parse(long, nameBytesMax: .max).object?.count == 1)
        #expect(throws: Never.self) { try JSONParser.parse("{\"" + String(repeating: "é", count: 128) + "\":1}") }
    }

    @Test(arguments: [
        (#"{"a":[1,{"b/c":tru}]}"#, "/a/1/b~1c", "true"), (#"[1 2]"#, "", "a comma or ]"),
        (#"{"a" 1}"#, "/a", "a colon"),
        (#"{"x":{"a":1,"a":2}}"#, "/x/a", "a value"), (#"{a:1}"#, "", "a name in quotes"),
        (#"["\x"]"#, "/0", "an escape of JSON"),
    ])
    func `a refusal says where and what was expected`(text: String, pointer: String, expected: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.pointer.description == pointer)
        #expect(error?.expected == expected)
    }

    @Test(arguments: [
        ("1.0", 1), ("1e3", 1000), ("1.7567136E12", 1_756_713_600_000), ("-0", 0), ("0.0e99", 0),
        ("120e-1", 12),
        ("1.5", nil), ("1e-1", nil), ("9223372036854775807.0", Int64.max), ("-9223372036854775808e0", Int64.min),
        ("9223372036854775808.0", nil), ("1e19", nil), ("1e999999999", nil), ("0e5", 0), ("-12.50e1", -125),
    ])
    func `a whole number is judged by its value`(text: String, value: Int64?) {
        #expect(JSONValue.number(text).int64 == value)
    }

    @Test func `elements keep the bytes they were written in`() throws {
        let bytes = Array(#" [ {"a":1} ,"x" , [ ] ] "#.utf8)

        let elements = try #require(try JSONParser.parseElements(bytes))

        #expect(elements.map { String(decoding: bytes[$0.range], as: UTF8.self) } == [#"{"a":1}"#, #""x""#, "[ ]"])
        #expect(try JSONParser.parseElements(Array("{}".utf8)) == nil)
        #expect(try JSONParser.parseElements(Array("[]".utf8)) == [])
    }

    @Test func `random and damaged bytes never trap`() {
        let seed: UInt64 = 0x5EED_1
        var random = SplitMix(state: seed)
        let alphabet = Array("{}[]\",:\\u0041dD89abeEtrfnls+-.0123456789 \n\u{e9}".utf8)
        let sample = Array(#"{"id":"x","n":[1,2.5e3,null,true],"s":"\u00e9\ud83c\udf30é"}"#.utf8)
        for round in 0..<4000 {
            var bytes: [UInt8]
            if round.isMultiple(of: 2) {
                bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
                }
            } else {
                bytes = sample
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                bytes.removeLast(Int.random(in: 0..<3, using: &random))
            }
            guard let value = try? JSONParser.parse(bytes) else { continue }
            let again = try? JSONParser.parse(JSONWriter.bytes(value))
            #expect(again == value, "seed \(seed), round \(round)")
        }
    }

    @Test func `typed access tells the types apart`() throws {
        let value = try JSONParser.parse(
            #"{"i":7,"f":1.5,"big":9223372036854775808,"s":"x","b":true,"n":null,"a":[1],"o":{"k":"v"}}"#
        )

        #expect(value["i"]?.int64 == 7)
        #expect(value["f"]?.int64 == nil && value["f"]?.double == 1.5)
        #expect(value["big"]?.int64 == nil)
        #expect(value["s"]?.string == "x" && value["s"]?.bool == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["n"]?.isNull == true && value["absent"] == nil)
        #expect(value["a"]?.array == [1])
        #expect(value["o"]?["k"]?.string == "v")
        #expect(value.object?.members.map(\.name) == ["i", "f", "big", "s", "b", "n", "a", "o"])
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
