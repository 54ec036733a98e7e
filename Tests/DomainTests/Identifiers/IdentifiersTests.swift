import Domain
import TestSupport
import Testing

struct IdentifiersTests {
    @Test(arguments: [(0, "E-0"), (31, "E-Z"), (32, "E-10"), (.max, "E-7ZZZZZZZZZZZZ")] as [(Int64, String)])
    func `an event's id has one text`(number: Int64, text: String) {
        #expect(EventID(rawValue: number).description == text)
        #expect(EventID(text)?.rawValue == number)
        #expect(EventID(text.lowercased())?.rawValue == number)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `ids are read as they are printed`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let number = random.id()
            #expect(EventID("\(EventID(rawValue: number))") == EventID(rawValue: number), "seed \(seed)")
            #expect(DeliveryID("\(DeliveryID(rawValue: number))") == DeliveryID(rawValue: number), "seed \(seed)")
            #expect(ImportID("\(ImportID(rawValue: number))") == ImportID(rawValue: number), "seed \(seed)")
            let page = PageID(rawValue: random.id(max: 1 << 50))
            let slot = Int.random(in: 0..<Limits.deliveriesPerPage, using: &random)
            #expect(DeliveryID(page: page, slot: slot).page == page, "seed \(seed)")
            #expect(DeliveryID(page: page, slot: slot).slot == slot, "seed \(seed)")
        }
    }

    @Test(
        arguments: [
            "", "E", "E-", "7F3K2", "D-7F3K2", "E-7F3I2", "E-O", "E-7F3 K2", " E-7F3K2", "E-7F3K2 ", "E--1", "E-+1",
            // The first number beyond 63 bits, 14 digits, letters that only become ours in upper case.
            "E-8000000000000", "E-00000000000000", "E-ß", "E-ſ", "E-７", "E-\u{0}",
        ]
    )
    func `what is no id is refused`(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test(arguments: [(0, 0), (999, 0), (1000, 1), (-1, -1), (-1000, -1), (-1001, -2)] as [(Int64, Int64)])
    func `an instant's seconds are rounded down`(milliseconds: Int64, seconds: Int64) {
        #expect(Instant(milliseconds: milliseconds).seconds == seconds)
    }

    @Test func `time ends instead of overflowing`() {
        let now = Instant(seconds: 1_790_000_000)
        #expect(now + .seconds(Int64.max) == Instant(milliseconds: .max))
        #expect(now + .seconds(Int64.min) == Instant(milliseconds: .min + now.milliseconds))
        #expect(now + .milliseconds(1500) - now == .milliseconds(1500))
    }
}
