import Domain
import Testing

struct CalendarDayTests {
    @Test(
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508),
            (2026, 9, 1, 20_697), (2026, 11, 24, 20_781), (2038, 1, 19, 24_855), (1, 1, 1, -719_162),
            (9999, 12, 31, 2_932_896),
        ] as [(Int, Int, Int, Int32)]
    )
    func `known days`(year: Int, month: Int, day: Int, number: Int32) {
        #expect(CalendarDay(year: year, month: month, day: day)?.daysSince1970 == number)
    }

    @Test(
        arguments: [
            (2026, 2, 29), (1900, 2, 29), (2026, 0, 1), (2026, 13, 1), (2026, 4, 31), (2026, 1, 0), (2026, 1, 32),
            (0, 1, 1),
            (10_000, 1, 1), (-4, 2, 29),
        ]
    )
    func `days that are none`(year: Int, month: Int, day: Int) {
        #expect(CalendarDay(year: year, month: month, day: day) == nil)
    }

    @Test func `400 years follow each other without gap and come again`() throws {
        var last = try #require(CalendarDay(year: 1799, month: 12, day: 31)).daysSince1970
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let next = CalendarDay(year: year, month: month, day: day) else { continue }
                    try #require(next.daysSince1970 == last + 1, "\(year)-\(month)-\(day)")
                    last = next.daysSince1970
                    let later = try #require(CalendarDay(year: year + 400, month: month, day: day))
                    try #require(later.daysSince1970 - last == 146_097)
                }
            }
        }
    }

    @Test func `a French date is read`() {
        #expect(CalendarDay(french: "01/09/2026") == CalendarDay(year: 2026, month: 9, day: 1))
    }

    @Test(arguments: [
        "", "1/9/2026", "01/09/26", "2026-09-01", "31/02/2026", "01/09/2026 ", "+1/09/2026", "01/09/20 6", "٠١/٠٩/٢٠٢٦",
    ])
    func `what is no French date is refused`(text: String) {
        #expect(CalendarDay(french: text) == nil)
    }
}
