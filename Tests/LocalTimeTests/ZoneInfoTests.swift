import Domain
import LocalTime
import Testing

/// Zones and openings against Python's `zoneinfo`, which reads the system's database.
struct ZoneInfoTests {
    private static let zones = [
        "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion",
        "America/Miquelon", "Indian/Mayotte", "America/St_Barthelemy", "America/Marigot", "Pacific/Noumea",
        "Pacific/Tahiti", "Pacific/Wallis", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu",
        "America/New_York", "Pacific/Apia", "Europe/London", "America/St_Johns", "Pacific/Chatham",
    ]
    /// 2026-01-01 to 2029-01-01.
    private static let years: ClosedRange<Int64> = 1_767_225_600...1_861_920_000

    private let tables = ZoneTables()

    @Test func `offsets are those of the system's database`() throws {
        var lots = SplitMix64(seed: 1)
        let questions = (0..<4000).map { _ in
            (Self.zones.randomElement(using: &lots) ?? "", Int64.random(in: Self.years, using: &lots))
        }
        let answer = try ZoneInfo.ask([
            "offsets": .array(questions.map { .array([.string($0.0), .number($0.1)]) }), "openings": [],
        ])
        let offsets = try #require(answer["offsets"]?.array).map(\.int64)
        for ((zone, seconds), offset) in zip(questions, offsets) {
            let instant = Instant(seconds: seconds)
            let table = try #require(tables.table(zone, at: instant))
            #expect(table.wallSeconds(at: instant) - seconds == offset, "\(zone) at \(instant.rfc3339)")
        }
    }

    @Test func `openings are those of a search minute by minute`() throws {
        var lots = SplitMix64(seed: 2)
        let cases = (0..<300).map { Case(number: $0, &lots, tables) }
        let answer = try ZoneInfo.ask(["offsets": [], "openings": .array(cases.map(\.question))])
        let openings = try #require(answer["openings"]?.array)
        for (test, opening) in zip(cases, openings) {
            let found = test.rules.opensAt(test.at, limit: test.at + .seconds(test.length))
            #expect(found?.seconds == opening.int64, "\(JSONWriter.text(test.question))")
        }
    }

    /// One or two policies around a clock change.
    private struct Case {
        var rules: [QuietRule] = []
        var at: Instant
        var length: Int64
        var question: JSONValue

        init(number: Int, _ lots: inout SplitMix64, _ tables: ZoneTables) {
            let zone = ZoneInfoTests.zones.randomElement(using: &lots) ?? ""
            let someTime = Instant(seconds: Int64.random(in: ZoneInfoTests.years, using: &lots))
            let spans = tables.table(zone, at: someTime)?.spans ?? []
            let change = spans.map(\.from).filter(ZoneInfoTests.years.contains).randomElement(using: &lots)
            at = change.map { Instant(seconds: $0 + Int64.random(in: -180_000...7200, using: &lots)) } ?? someTime
            length = number % 10 == 0 ? 30 * 86_400 : 9 * 86_400
            var written: [JSONValue] = []
            for place in 0..<Int.random(in: 1...2, using: &lots) {
                let name = place == 0 ? zone : ZoneInfoTests.zones.randomElement(using: &lots) ?? ""
                let pauses = Self.pauses(&lots)
                let days = number % 10 == 0 ? [Self.days(at, &lots)] : []
                guard let table = tables.table(name, at: at) else { continue }
                rules.append(QuietRule(week: WeekOfMinutes(pauses), days: days, zone: table))
                written.append([
                    "zone": .string(name),
                    "pauses": .array(pauses.map { [.string($0.texts.from), .string($0.texts.to)] }),
                    "days": .array(
                        days.map { [.string(Self.text($0.lowerBound)), .string(Self.text($0.upperBound))] }
                    ),
                ])
            }
            question = ["rules": .array(written), "at": .number(at.seconds), "length": .number(length)]
        }

        private static func pauses(_ lots: inout SplitMix64) -> [Pause] {
            var pauses: [Pause] = []
            while pauses.count < 2 {
                let days = Bool.random(using: &lots)
                func time() -> String {
                    let (hour, minute) = (Int.random(in: 0...23, using: &lots), Int.random(in: 0...59, using: &lots))
                    let day = days ? (Pause.days.randomElement(using: &lots) ?? "") + " " : ""
                    return day + (hour < 10 ? "0\(hour)" : "\(hour)") + (minute < 10 ? ":0\(minute)" : ":\(minute)")
                }
                let (from, to) = (time(), time())
                do throws(Pause.Mistake) { pauses.append(try Pause(from: from, to: to)) } catch { continue }
            }
            return pauses
        }

        private static func days(_ at: Instant, _ lots: inout SplitMix64) -> HolidayCalendar.Days {
            let first = Int32(at.seconds / 86_400) + Int32.random(in: -3...3, using: &lots)
            let last = first + Int32.random(in: 0...14, using: &lots)
            return CalendarDay(daysSince1970: first)...CalendarDay(daysSince1970: last)
        }

        private static func text(_ day: CalendarDay) -> String {
            String(Instant(seconds: Int64(day.daysSince1970) * 86_400).rfc3339.prefix(10))
        }
    }

    @Test func `a zone that does not exist has no table`() {
        for name in ["", "Mars/Olympus", "../etc/passwd", "europe/paris"] {
            #expect(tables.table(name, at: Instant(seconds: 1_790_000_000)) == nil, "\(name)")
        }
    }
}
