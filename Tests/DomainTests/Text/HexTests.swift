import Domain
import Testing

struct HexTests {
    @Test func `every byte comes back, from digits of either case`() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hex.text(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text == text.lowercased())
        #expect(Hex.bytes(text) == bytes && Hex.bytes(text.uppercased()) == bytes)
        #expect(Hex.text([]) == "" && Hex.bytes("") == [])
    }

    @Test(arguments: ["0", "abc", "0g", "g0", " 0", "0x", "+1", "é", "０１", "%4"])
    func `what is no pair of digits is nothing`(text: String) {
        #expect(Hex.bytes(text) == nil)
    }

    @Test(arguments: [(0, "0000000000000000"), (0xAB, "00000000000000ab"), (UInt64.max, "ffffffffffffffff")])
    func `a number has all of its digits`(number: UInt64, text: String) {
        #expect(Hex.text(number) == text)
    }

    @Test func `two digits are taken, and what is behind them stays`() {
        var rest = Array("2fz".utf8)[...]
        #expect(Hex.byte(takenFrom: &rest) == 0x2F && Array(rest) == Array("z".utf8))
        #expect(Hex.byte(takenFrom: &rest) == nil)
    }
}
