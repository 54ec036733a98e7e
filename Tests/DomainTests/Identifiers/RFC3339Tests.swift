import Domain
import Testing
import TestSupport

struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-09-14T16:31:00+02:00", 1_789_396_260_000),
        ("2026-09-14T14:31:00.25Z", 1_789_396_260_250),
        ("2026-09-14t14:31:00.2509999z", 1_789_396_260_250), ("1969-12-31T23:59:59.999-00:00", -1),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2024-02-29T12:00:00-11:30", 1_709_249_400_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `a time with offset is read`(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-09-14", "2026-09-14T16:31:00", "2026-09-14 16:31:00Z", "2026-09-14T16:31Z", "2026-13-14T16:31:00Z",
        "2026-02-30T16:31:00Z",
        "2026-09-14T24:00:00Z", "2026-09-14T16:60:00Z", "2026-09-14T16:31:61Z", "2026-09-14T16:31:00.Z",
        "2026-09-14T16:31:00+0200",
        "2026-09-14T16:31:00+24:00", "2026-09-14T16:31:00+02", "2026-09-14T16:31:00Z ", "26-09-14T16:31:00Z",
        "+2026-09-14T16:31:00Z",
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "1789650000", "2026-09-14T16:31:00\u{2212}02:00",
        "٢٠٢٦-09-14T16:31:00Z",
    ])
    func `anything else is refused`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_789_396_260_250, "2026-09-14T14:31:00.250Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_709_208_000_007, "2024-02-29T12:00:00.007Z"), (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func `a time is written in UTC with milliseconds when there are some`(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func `what is written is read back`() {
        let seed: UInt64 = 0x3339
        var random = SeededRandom(seed: seed)
        let range = Instant.writable.lowerBound.milliseconds...Instant.writable.upperBound.milliseconds
        for _ in 0..<2000 {
            let instant = Instant(milliseconds: .random(in: range, using: &random))
            #expect(Instant(rfc3339: instant.rfc3339) == instant, "seed \(seed)")
        }
    }
}
