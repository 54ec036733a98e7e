import Domain
import LocalTime
import Testing

/// The policy at work for schools and for persons with hours of their own.
struct QuietHoursTests {
    private func opening(
        _ at: String,
        _ schools: [String?] = ["0429901A"],
        own: OwnQuietHours? = nil,
        _ policy: QuietPolicy = QuietPolicy()
    ) throws -> String? {
        var hours = QuietHours(policy)
        return hours.opensAt(schools: schools, own: own, now: try #require(Instant(rfc3339: at)))?.rfc3339
    }

    @Test(arguments: [
        // Friday evening in November: Monday, seven o'clock.
        ("2026-11-27T19:31:00Z", "0429901A", "2026-11-30T06:00:00Z"),
        // An ordinary evening, an ordinary afternoon.
        ("2026-11-24T19:00:00Z", "0429901A", "2026-11-25T06:00:00Z"),
        ("2026-11-24T15:04:05Z", "0429901A", "2026-11-24T15:04:05Z"),
        // From included, to excluded.
        ("2026-11-24T18:59:59Z", "0429901A", "2026-11-24T18:59:59Z"),
        ("2026-11-25T05:59:59.999Z", "0429901A", "2026-11-25T06:00:00Z"),
        ("2026-11-25T06:00:00Z", "0429901A", "2026-11-25T06:00:00Z"),
        // The same instant is morning in Réunion, and night in Paris.
        ("2026-11-25T03:00:00Z", "9741234B", "2026-11-25T03:00:00Z"),
        ("2026-11-25T03:00:00Z", "0429901A", "2026-11-25T06:00:00Z"),
        // The weekend of the clock change: seven o'clock is an hour later in UTC.
        ("2026-10-23T18:30:00Z", "0429901A", "2026-10-26T06:00:00Z"),
        ("2027-03-26T19:30:00Z", "0429901A", "2027-03-29T05:00:00Z"),
    ])
    func `the national pauses hold at a school's own time`(at: String, uai: String, opening: String) throws {
        #expect(try self.opening(at, [uai]) == opening)
    }

    @Test func `clock changes inside a pause`() throws {
        var policy = QuietPolicy()
        policy.week = WeekOfMinutes([try Pause(from: "20:00", to: "02:30")])
        // 02:30 does not exist on 28 March 2027: three o'clock follows two.
        #expect(try opening("2027-03-27T20:00:00Z", policy) == "2027-03-28T01:00:00Z")
        // On 25 October 2026 the first 02:30, and quiet again from the second two o'clock on.
        #expect(try opening("2026-10-24T20:00:00Z", policy) == "2026-10-25T00:30:00Z")
        #expect(try opening("2026-10-25T01:00:00Z", policy) == "2026-10-25T01:30:00Z")
    }

    @Test func `a school of its own, one without pauses, and no quiet hours at all`() throws {
        var policy = QuietPolicy()
        policy.schools = [
            "0429901A": WeekOfMinutes([try Pause(from: "18:00", to: "08:00")]), "0429902B": WeekOfMinutes([]),
        ]
        let evening = "2026-11-24T18:30:00Z"
        #expect(try opening(evening, ["0429901A"], policy) == "2026-11-25T07:00:00Z")
        #expect(try opening("2026-11-24T20:30:00Z", ["0429902B"], policy) == "2026-11-24T20:30:00Z")
        #expect(try opening(evening, [nil], policy) == evening)
        policy.isEnabled = false
        #expect(try opening(evening, ["0429901A"], policy) == evening)
    }

    @Test func `two schools of one family both count`() throws {
        var policy = QuietPolicy()
        policy.schools = ["0429901A": WeekOfMinutes([try Pause(from: "18:00", to: "08:00")])]
        #expect(try opening("2026-11-24T18:30:00Z", ["0429903C", "0429901A"], policy) == "2026-11-25T07:00:00Z")
    }

    @Test func `own hours add to the school's and never lift them`() throws {
        let late = OwnQuietHours(
            isEnabled: true,
            timezone: "Europe/Paris",
            pauses: [try Pause(from: "21:00", to: "07:30")]
        )
        #expect(try opening("2026-11-24T19:30:00Z", own: late) == "2026-11-25T06:30:00Z")
        let none = OwnQuietHours(isEnabled: true, timezone: "Europe/Paris", pauses: [])
        #expect(try opening("2026-11-24T19:30:00Z", own: none) == "2026-11-25T06:00:00Z")
        var off = late
        off.isEnabled = false
        #expect(try opening("2026-11-24T19:30:00Z", own: off) == "2026-11-25T06:00:00Z")
        // In a zone of its own: a parent who travels. 21:00 in Montréal is 3:00 in Paris.
        var away = late
        away.timezone = "America/Montreal"
        #expect(try opening("2026-11-25T06:00:00Z", own: away) == "2026-11-25T12:30:00Z")
        // Together they never open.
        let day = OwnQuietHours(
            isEnabled: true,
            timezone: "Europe/Paris",
            pauses: [try Pause(from: "06:00", to: "21:00")]
        )
        #expect(try opening("2026-11-24T19:30:00Z", own: day) == nil)
    }

    @Test func `school holidays are quiet where the policy says so`() throws {
        var policy = QuietPolicy()
        let first = try #require(CalendarDay(year: 2027, month: 2, day: 13))
        let last = try #require(CalendarDay(year: 2027, month: 2, day: 28))
        policy.calendar = HolidayCalendar(zones: [
            .init(name: "A", departments: ["42", "2A"], holidays: [first...last])
        ])
        #expect(try opening("2027-02-15T11:00:00Z", policy) == "2027-02-15T11:00:00Z")
        policy.withHolidays = true
        #expect(try opening("2027-02-15T11:00:00Z", policy) == "2027-03-01T06:00:00Z")
        #expect(try opening("2027-02-15T11:00:00Z", ["6200001A"], policy) == "2027-03-01T06:00:00Z")
        // Another department has no zone here, and a school that wants no pause no holidays either.
        #expect(try opening("2027-02-15T11:00:00Z", ["0750001A"], policy) == "2027-02-15T11:00:00Z")
        policy.schools = ["0429901A": WeekOfMinutes([])]
        #expect(try opening("2027-02-15T11:00:00Z", policy) == "2027-02-15T11:00:00Z")
        // A holiday that begins tomorrow, while tonight's pause would end in it.
        #expect(try opening("2027-02-12T20:00:00Z", ["6200001A"], policy) == "2027-03-01T06:00:00Z")
    }

    @Test func `what one person waits for is due together, within the window`() throws {
        var policy = QuietPolicy()
        let opening = Instant(seconds: 1_790_000_000)
        var places: Set<Int64> = []
        for person in 1...500 {
            let due = policy.release(opening, of: PersonID(rawValue: Int64(person)))
            #expect(due == policy.release(opening, of: PersonID(rawValue: Int64(person))))
            #expect((opening..<opening + .seconds(900)).contains(due))
            places.insert((due.milliseconds - opening.milliseconds) / 90_000)
        }
        #expect(places.count == 10)
        policy.releaseSpread = .zero
        #expect(policy.release(opening, of: PersonID(rawValue: 7)) == opening)
    }

    private func opening(_ at: String, _ policy: QuietPolicy) throws -> String? {
        try opening(at, ["0429901A"], policy)
    }

    private func opening(_ at: String, _ schools: [String?], _ policy: QuietPolicy) throws -> String? {
        try opening(at, schools, own: nil, policy)
    }
}
