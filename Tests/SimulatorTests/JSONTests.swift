import Simulator
import Testing

struct JSONTests {
    @Test(
        arguments: [
            (#" {"a":[1,-2.5e1,true,null,"x"]} "#, JSON.object(["a": [1, .number(-25), true, .null, "x"]])),
            (#""\u00e9\ud83d\ude00\n\/""#, "é😀\n/"),
            (#"{"a":1,"a":2}"#, ["a": 2]),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ] as [(String, JSON)]
    )
    func `valid text becomes the value it stands for`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":}", "{a:1}", "01", "1.", "+1", "tru", "\"\\x\"", "\"\\ud83d\"", "\"\\udc00\"",
        "\"a\nb\"",
        "1 2", "nan", "{\"a\" 1}", "\"open",
    ])
    func `malformed text is refused`(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func `text that is not UTF-8 is refused`() {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func `nesting is bounded`() throws {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: deep) }
        let allowed = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(throws: Never.self) { try JSON(parsing: Array(allowed.utf8)) }
    }

    @Test func `a value survives serializing and parsing`() throws {
        let value: JSON = [
            "text": "é \"quoted\" \\ \n \u{1}", "list": [1, true, .null, .number(0.5)], "empty": .object([:]),
        ]
        #expect(try JSON(parsing: value.serialized) == value)
    }
}
