import TestSupport
import Testing
import Text

struct HexTests {
    @Test func `what was written is read again, in either case`() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["a", "0g", "abc", "+1", "é9", " 1"])
    func `anything else is refused`(text: String) { #expect(Hex.decode(text) == nil) }
}

struct PercentCodingTests {
    @Test(arguments: [
        ("caf\u{E9} 1/2~", "caf%C3%A9%201%2F2~"), ("a.b-c_d", "a.b-c_d"), ("%", "%25"), ("", ""),
    ])
    func `a text survives`(text: String, encoded: String) {
        #expect(PercentCoding.encode(text) == encoded)
        #expect(PercentCoding.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "a%C3", "%FF"])
    func `half a code, and what is not UTF-8, are refused`(text: String) { #expect(PercentCoding.decode(text) == nil) }
}

struct CivilDateTests {
    @Test(arguments: [
        (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (20_785, 2026, 11, 28), (-719_162, 1, 1, 1),
    ])
    func `a day and its count belong together`(days: Int, year: Int, month: Int, day: Int) throws {
        let date = CivilDate(daysSince1970: days)
        #expect((date.year, date.month, date.day) == (year, month, day))
        #expect(CivilDate(year: year, month: month, day: day)?.daysSince1970 == days)
    }

    @Test(arguments: 1...50)
    func `every count comes back`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let days = Int.random(in: -719_162...2_932_896, using: &random)
        let date = CivilDate(daysSince1970: days)
        #expect(try #require(CivilDate(year: date.year, month: date.month, day: date.day)).daysSince1970 == days)
    }

    @Test func `a time is written in UTC`() {
        #expect(CivilDate.rfc3339(milliseconds: 1_789_396_260_000) == "2026-09-14T14:31:00Z")
        #expect(CivilDate.rfc3339(milliseconds: 1_789_396_260_042) == "2026-09-14T14:31:00.042Z")
        #expect(CivilDate.rfc3339(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
        #expect(CivilDate.rfc3339(milliseconds: 0, alwaysWithMilliseconds: true) == "1970-01-01T00:00:00.000Z")
    }
}
