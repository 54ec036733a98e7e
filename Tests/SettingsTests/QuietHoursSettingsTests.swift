import Domain
import FoundationEssentials
import Settings
import Testing

/// `quietHours` of the configuration, and the calendar of school holidays.
struct QuietHoursSettingsTests {
    private let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    private func policy(_ yaml: String) throws -> QuietPolicy {
        try fixture.load(SettingsFixture.least + yaml).settings.quietHours
    }

    private func mistakes(_ yaml: String) throws -> [String] {
        try fixture.mistakes(SettingsFixture.least + yaml).map { "\($0.key) \($0.line ?? 0)" }
    }

    @Test func `without the section an update changes nobody's hours, and says so`() throws {
        let loaded = try fixture.load(SettingsFixture.least)
        #expect(!loaded.settings.quietHours.isEnabled)
        #expect(loaded.warnings.contains { $0.key == "quietHours" })
        #expect(
            try !fixture.load(SettingsFixture.least + "quietHours: {}").warnings.contains { $0.key == "quietHours" }
        )
    }

    @Test func `without another word the national pauses hold`() throws {
        #expect(try policy("quietHours: {}") == QuietPolicy())
        #expect(try !policy("quietHours: { enabled: false }").isEnabled)
    }

    @Test func `every key`() throws {
        try fixture.write(
            "cal.yaml",
            "zones: { A: { departments: [\"42\", 2A], holidays: [{ name: x, from: \"2027-02-13\", to: \"2027-02-28\" }] } }"
        )
        let policy = try policy(
            """
            quietHours:
              pauses: [{ from: "21:00", to: "06:30" }]
              holidays: true
              calendar: cal.yaml
              releaseSpreadMinutes: 0
              recapFrom: 5
              schools:
                0429901a: { pauses: [{ from: "Sat 12:00", to: "Mon 07:00" }] }
                0429902B: { pauses: [] }
            """
        )
        let own = try Pause(from: "21:00", to: "06:30")
        let weekend = try Pause(from: "Sat 12:00", to: "Mon 07:00")
        #expect(policy.week == WeekOfMinutes([own]) && policy.withHolidays && policy.releaseSpread == .zero)
        #expect(policy.recapFrom == 5)
        #expect(policy.schools == ["0429901A": WeekOfMinutes([weekend]), "0429902B": WeekOfMinutes([])])
        let first = try #require(CalendarDay(year: 2027, month: 2, day: 13))
        let last = try #require(CalendarDay(year: 2027, month: 2, day: 28))
        #expect(policy.calendar.holidays(uai: "0420001A") == [first...last])
        #expect(policy.calendar.holidays(uai: "6200001A") == [first...last])
        #expect(try self.policy("quietHours: { pauses: [] }").hours(uai: "0420001A") == nil)
    }

    @Test(arguments: [
        ("quietHours: { pauses: [{ from: \"20:00\", to: \"7:00\" }] }", ["quietHours.pauses.0.to 2"]),
        ("quietHours: { pauses: [{ from: \"Fri 20:00\", to: \"07:00\" }] }", ["quietHours.pauses.0.to 2"]),
        ("quietHours: { pauses: [{ from: \"20:00\" }] }", ["quietHours.pauses.0.to 2"]),
        ("quietHours: { pauses: [{ from: \"20:00\", to: \"07:00\", day: Mon }] }", ["quietHours.pauses.0.day 2"]),
        (
            "quietHours: { pauses: [{ from: \"00:00\", to: \"12:00\" }, { from: \"12:00\", to: \"24:00\" }] }",
            ["quietHours.pauses 2"]
        ),
        ("quietHours: { schools: { CP: { pauses: [] } } }", ["quietHours.schools.CP 2"]),
        ("quietHours: { schools: { 0429901A: {} } }", ["quietHours.schools.0429901A.pauses 2"]),
        ("quietHours: { releaseSpreadMinutes: -1 }", ["quietHours.releaseSpreadMinutes 2"]),
        ("quietHours: { holidays: true }", ["quietHours.calendar 2"]),
        ("quietHours: { holidys: true }", ["quietHours.holidys 2"]),
    ])
    func `what is wrong is named`(yaml: String, expected: [String]) throws {
        #expect(try mistakes(yaml) == expected)
    }

    @Test(arguments: [
        "zones: { A: { departments: [\"42\"], holidays: [{ name: x, from: \"2027-02-30\", to: \"2027-03-01\" }] } }",
        "zones: { A: { departments: [\"42\"], holidays: [{ name: x, from: \"2027-03-02\", to: \"2027-03-01\" }] } }",
        "zones: { A: { departments: [\"42\"] }, B: { departments: [\"42\"] } }",
        "zones: { A: { departments: [Loire] } }",
        "zones: { A: { departements: [\"42\"] } }", "zone: {}", "[", "zones: 3", "\u{0}",
    ])
    func `a calendar that is wrong is refused with its own line`(yaml: String) throws {
        try fixture.write("cal.yaml", yaml)
        let mistakes = try fixture.mistakes(
            SettingsFixture.least + "quietHours: { holidays: true, calendar: cal.yaml }"
        )
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.origin.description.contains("cal.yaml") == true, "\(mistakes)")
    }

    @Test func `the calendar of the configuration has three years of three zones`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Config/calendars/france.yaml").path
        let calendar = try policy("quietHours: { holidays: true, calendar: \(file) }").calendar
        func holds(_ uai: String, _ year: Int, _ month: Int, _ day: Int) throws -> Bool {
            let day = try #require(CalendarDay(year: year, month: month, day: day))
            return calendar.holidays(uai: uai).contains { $0.contains(day) }
        }
        // Winter of 2027: C from 6 February, A from 13 February, B from 20 February.
        #expect(try holds("0750001A", 2027, 2, 6) && !holds("0420001A", 2027, 2, 12) && holds("0420001A", 2027, 2, 13))
        #expect(try !holds("0590001A", 2027, 2, 19) && holds("0590001A", 2027, 2, 20) && holds("0590001A", 2027, 3, 7))
        #expect(try holds("0420001A", 2026, 12, 19) && holds("0420001A", 2027, 1, 3) && !holds("0420001A", 2027, 1, 4))
        #expect(try holds("0420001A", 2028, 5, 26) && !holds("0420001A", 2028, 5, 25))
        // Every metropolitan department is in one zone; Corse and the overseas in none.
        for number in 1...95 where number != 20 {
            let uai = (number < 10 ? "00" : "0") + "\(number)0001A"
            #expect(!calendar.holidays(uai: uai).isEmpty, "\(uai)")
        }
        #expect(calendar.holidays(uai: "9740001A").isEmpty && calendar.holidays(uai: "6200001A").isEmpty)
    }
}
