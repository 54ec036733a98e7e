import Domain
import Testing

/// How pauses are written.
struct PauseTests {
    @Test(arguments: [
        ("20:00", "07:00"), ("00:00", "24:00"), ("Fri 20:00", "Mon 07:00"), ("Sat 00:00", "Sun 24:00"),
        ("23:59", "00:00"),
    ])
    func `is read, and written as it was read`(from: String, to: String) throws {
        // Midnight to midnight is all day long: never opens, which the policy says, not the pause.
        if from == "00:00" {
            #expect(throws: Pause.FormatError.empty) { try Pause(from: from, to: to) }
        } else {
            let texts = try Pause(from: from, to: to).texts
            #expect(texts.from == from && texts.to == to)
        }
    }

    @Test(arguments: [
        ("7:00", "20:00", Pause.FormatError.from), ("24:00", "07:00", .from), ("20:60", "07:00", .from),
        ("20:00", "07:00 ", .to),
        ("20:00", "25:00", .to), ("20:00", "24:01", .to), ("fri 20:00", "Mon 07:00", .from),
        ("Fri 20:00", "Lun 07:00", .to),
        ("Fri 20:00", "07:00", .mixed), ("20:00", "Mon 07:00", .mixed), ("20:00", "20:00", .empty),
        ("Fri  20:00", "Mon 07:00", .from),
        ("Fri 20:00", "Fri 20:00", .empty), ("Sun 24:00", "Mon 00:00", .from), ("", "", .from),
        ("٢٠:٠٠", "07:00", .from),
        ("-1:00", "07:00", .from), ("20.00", "07:00", .from),
    ])
    func `what is no pause is refused`(from: String, to: String, mistake: Pause.FormatError) {
        #expect(throws: mistake) { try Pause(from: from, to: to) }
    }

    @Test func `a policy that never opens, or is never quiet`() throws {
        #expect(WeekOfMinutes([]).isNeverQuiet)
        let halves = [try Pause(from: "00:00", to: "12:00"), try Pause(from: "12:00", to: "24:00")]
        #expect(WeekOfMinutes(halves).isAlwaysQuiet)
        #expect(!WeekOfMinutes([halves[0]]).isAlwaysQuiet)
        let week = [try Pause(from: "Mon 00:00", to: "Thu 10:00"), try Pause(from: "Thu 10:00", to: "Sun 24:00")]
        #expect(WeekOfMinutes(week).isAlwaysQuiet)
        #expect(!WeekOfMinutes(Pause.national).isAlwaysQuiet)
    }
}
