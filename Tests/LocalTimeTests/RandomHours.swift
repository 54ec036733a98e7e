import Domain
import LocalTime

/// One or two rules around a change of a zone's clock.
struct RuleCase {
    var rules: [QuietRule] = []
    var at: Instant
    var length: Int64
    var question: JSONValue

    init(number: Int, _ zones: [String], _ lots: inout SplitMix64, _ tables: ZoneTables) {
        let zone = zones.randomElement(using: &lots) ?? ""
        let someTime = Instant(seconds: Int64.random(in: ZoneInfoTests.years, using: &lots))
        let spans = tables.table(zone, at: someTime)?.spans ?? []
        let change = spans.map(\.from).filter(ZoneInfoTests.years.contains).randomElement(using: &lots)
        at = change.map { Instant(seconds: $0 + Int64.random(in: -180_000...7200, using: &lots)) } ?? someTime
        length = number % 10 == 0 ? 20 * 86_400 : 9 * 86_400
        var written: [JSONValue] = []
        for place in 0..<Int.random(in: 1...2, using: &lots) {
            let name = place == 0 ? zone : zones.randomElement(using: &lots) ?? ""
            let pauses = RandomHours.pauses(2, &lots)
            let days = number % 10 == 0 ? [RandomHours.days(at, &lots)] : []
            guard let table = tables.table(name, at: at) else { continue }
            rules.append(QuietRule(week: WeekOfMinutes(pauses), days: days, zone: table))
            written.append([
                "zone": .string(name), "pauses": RandomHours.json(pauses), "days": RandomHours.json(days),
            ])
        }
        question = ["rules": .array(written), "at": .number(at.seconds), "length": .number(length)]
    }
}

/// A policy with a calendar and schools of its own, and what is asked of it.
struct PolicyCase {
    struct Question {
        var schools: [String]
        var own: OwnQuietHours?
        var now: Instant
        var json: JSONValue
    }

    /// How far the other hand looks.
    static let seconds: Int64 = 10 * 86_400
    private static let departments = [
        "1", "42", "2A", "2B", "69", "75", "971", "972", "973", "974", "975", "976", "987", "988",
    ]

    var policy = QuietPolicy()
    var questions: [Question] = []

    init(_ zones: [String], _ lots: inout SplitMix64) {
        let start = Instant(seconds: Int64.random(in: ZoneInfoTests.years, using: &lots))
        let pauses =
            Bool.random(using: &lots) ? Pause.national : RandomHours.pauses(.random(in: 0...2, using: &lots), &lots)
        policy.week = WeekOfMinutes(pauses)
        policy.withHolidays = Bool.random(using: &lots)
        let calendar = ["A", "B", "C"].map { name in
            HolidayCalendar.Zone(
                name: name,
                departments: Self.departments.enumerated().filter {
                    $0.offset % 3 == ["A", "B", "C"].firstIndex(of: name)
                }
                .map(\.element),
                holidays: (0..<3).map { _ in RandomHours.days(start, &lots) }
            )
        }
        policy.calendar = HolidayCalendar(zones: calendar)
        let schools = Self.departments.map { RandomHours.uai(department: $0) }
        var own: [String: [Pause]] = [:]
        for school in schools.shuffled(using: &lots).prefix(4) {
            own[school] = RandomHours.pauses(.random(in: 0...2, using: &lots), &lots)
        }
        policy.schools = own.mapValues { WeekOfMinutes($0) }
        let written: JSONValue = [
            "pauses": RandomHours.json(pauses), "holidays": .bool(policy.withHolidays),
            "calendar": .array(
                calendar.map { zone in
                    [
                        "departments": .array(zone.departments.map { .string($0) }),
                        "holidays": RandomHours.json(zone.holidays),
                    ]
                }
            ),
            "schools": .object(RandomHours.object(own)),
        ]
        for _ in 0..<4 {
            let chosen = Array(schools.shuffled(using: &lots).prefix(.random(in: 1...2, using: &lots)))
            let hours = Int.random(in: 0...2, using: &lots) == 0 ? RandomHours.own(zones, &lots) : nil
            let near = start.milliseconds + Int64.random(in: -10 * 86_400_000...10 * 86_400_000, using: &lots)
            for now in [near, near + Int64.random(in: 0...60_000, using: &lots)].map(Instant.init(milliseconds:)) {
                let json: JSONValue = [
                    "policy": written, "schools": .array(chosen.map { .string($0) }), "at": .number(now.seconds),
                    "length": .number(Self.seconds),
                    "own": hours.map {
                        ["zone": .string($0.timezone ?? "Europe/Paris"), "pauses": RandomHours.json($0.pauses)]
                    } ?? .null,
                ]
                questions.append(Question(schools: chosen, own: hours, now: now, json: json))
            }
        }
    }
}

/// Pauses and days as nobody would write them, and as the other hand reads them.
enum RandomHours {
    static func pauses(_ count: Int, _ lots: inout SplitMix64) -> [Pause] {
        var pauses: [Pause] = []
        while pauses.count < count {
            let days = Bool.random(using: &lots)
            func time() -> String {
                let (hour, minute) = (Int.random(in: 0...23, using: &lots), Int.random(in: 0...59, using: &lots))
                let day = days ? (Pause.days.randomElement(using: &lots) ?? "") + " " : ""
                return day + (hour < 10 ? "0\(hour)" : "\(hour)") + (minute < 10 ? ":0\(minute)" : ":\(minute)")
            }
            let (from, to) = (time(), time())
            do throws(Pause.FormatError) { pauses.append(try Pause(from: from, to: to)) } catch { continue }
        }
        return pauses
    }

    static func own(_ zones: [String], _ lots: inout SplitMix64) -> OwnQuietHours {
        OwnQuietHours(
            isEnabled: true,
            timezone: Int.random(in: 0...4, using: &lots) == 0 ? nil : zones.randomElement(using: &lots),
            pauses: pauses(.random(in: 1...2, using: &lots), &lots)
        )
    }

    static func days(_ at: Instant, _ lots: inout SplitMix64) -> HolidayCalendar.Days {
        let first = Int32(at.seconds / 86_400) + Int32.random(in: -9...9, using: &lots)
        let last = first + Int32.random(in: 0...7, using: &lots)
        return CalendarDay(daysSince1970: first)...CalendarDay(daysSince1970: last)
    }

    /// A school there; its code begins with the department, in three digits.
    static func uai(department: String) -> String {
        let codes = ["2A": "620", "2B": "720"]
        let digits = codes[department] ?? String(repeating: "0", count: 3 - department.utf8.count) + department
        return digits + "9901A"
    }

    static func json(_ pauses: [Pause]) -> JSONValue {
        .array(pauses.map { [.string($0.texts.from), .string($0.texts.to)] })
    }

    static func json(_ days: [HolidayCalendar.Days]) -> JSONValue {
        .array(days.map { [.string(text($0.lowerBound)), .string(text($0.upperBound))] })
    }

    static func object(_ schools: [String: [Pause]]) -> JSONObject {
        var object = JSONObject()
        for (school, pauses) in schools.sorted(by: { $0.key < $1.key }) { object[school] = json(pauses) }
        return object
    }

    private static func text(_ day: CalendarDay) -> String {
        String(Instant(seconds: Int64(day.daysSince1970) * 86_400).rfc3339.prefix(10))
    }
}
