import Domain
import Testing

/// Openings against a search minute by minute, in zones that no country has.
struct QuietRuleTests {
    private static let week: Int64 = 7 * 86_400

    @Test(arguments: 0..<8)
    func `opens at the first minute that no pause holds`(seed: UInt64) throws {
        var lots = SplitMix64(seed: seed)
        for _ in 0..<40 {
            let zone = Self.zone(&lots)
            let pauses = try (0..<Int.random(in: 1...3, using: &lots)).map { _ in try Self.pause(&lots) }
            let days = Bool.random(using: &lots) ? [Self.days(&lots)] : []
            let rule = QuietRule(week: WeekOfMinutes(pauses), days: days, zone: zone)
            let at = Instant(milliseconds: Int64.random(in: 0..<3 * Self.week * 1000, using: &lots))
            let limit = at + .seconds(3 * Self.week)
            #expect(rule.opensAt(at, limit: limit) == Self.search(rule, at, limit), "\(pauses) \(days) \(zone) \(at)")
        }
    }

    /// The definition itself: what an instant's minute on the wall says.
    private static func search(_ rule: QuietRule, _ at: Instant, _ limit: Instant) -> Instant? {
        var now = at
        while now < limit {
            if !rule.isQuiet(at: now) { return now }
            now = Instant(seconds: now.seconds / 60 * 60 + 60)
        }
        return nil
    }

    /// Changes of a quarter of an hour to a day, forward and back, on whole minutes.
    private static func zone(_ lots: inout SplitMix64) -> ZoneTable {
        var spans = [ZoneTable.Span(from: -week, offset: Int64.random(in: -720...720, using: &lots) * 60)]
        for _ in 0..<Int.random(in: 0...4, using: &lots) {
            let from = (spans.last?.from ?? 0) + Int64.random(in: 10...10_000, using: &lots) * 60
            let offset = (spans.last?.offset ?? 0) + Int64.random(in: -96...96, using: &lots) * 900
            spans.append(.init(from: from, offset: offset))
        }
        return ZoneTable(name: "Test/Zone", spans: spans, end: 10 * week)
    }

    private static func pause(_ lots: inout SplitMix64) throws -> Pause {
        let withDay = Bool.random(using: &lots)
        while true {
            func time() -> String {
                let (hour, minute) = (Int.random(in: 0...23, using: &lots), Int.random(in: 0...59, using: &lots))
                let day = withDay ? (Pause.days.randomElement(using: &lots) ?? "") + " " : ""
                return day + (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
            }
            do throws(Pause.FormatError) { return try Pause(from: time(), to: time()) } catch { continue }
        }
    }

    private static func days(_ lots: inout SplitMix64) -> HolidayCalendar.Days {
        let first = Int32.random(in: -2...20, using: &lots)
        return CalendarDay(
            daysSince1970: first
        )...CalendarDay(daysSince1970: first + Int32.random(in: 0...9, using: &lots))
    }

    @Test func `a table finds each change of its zone to the second`() {
        let changes: [Int64] = [100_000, 100_000 + 30 * 86_400, 9_999_999]
        let table = ZoneTable(name: "Test/Zone", from: 0, to: 20_000_000) { seconds in
            Int64(changes.count { $0 <= seconds }) * 3600
        }
        #expect(table.spans.map(\.from) == [0] + changes)
        #expect(table.spans.map(\.offset) == [0, 3600, 7200, 10_800])
    }

    @Test func `holidays that touch are one, and a department is told by its UAI`() throws {
        func day(_ number: Int32) -> CalendarDay { CalendarDay(daysSince1970: number) }
        let calendar = HolidayCalendar(zones: [
            .init(
                name: "A",
                departments: ["42", "2B"],
                holidays: [day(20)...day(25), day(1)...day(9), day(10)...day(12), day(22)...day(23)]
            )
        ])
        #expect(calendar.holidays(uai: "0421234A") == [day(1)...day(12), day(20)...day(25)])
        #expect(calendar.holidays(uai: "7201234A") == calendar.holidays(uai: "0421234A"))
        #expect(calendar.holidays(uai: "0431234A").isEmpty)
        #expect(calendar.holidays(uai: nil).isEmpty)
    }
}
