import Domain
import Testing

struct LaneAlarmTests {
    static let minute: Int64 = 60_000

    @Test(
        arguments: [
            (accepted: 40, rejected: 11, isAlarming: true), (40, 10, false), (39, 10, false), (0, 50, true),
            (0, 49, false),
            (1000, 0, false),
        ] as [(accepted: UInt64, rejected: UInt64, isAlarming: Bool)]
    )
    func `a fifth of at least fifty answers`(row: (accepted: UInt64, rejected: UInt64, isAlarming: Bool)) {
        var share = RejectionShare()
        share.note(accepted: 7000, rejected: 900, at: 0)
        share.note(accepted: 7000 + row.accepted, rejected: 900 + row.rejected, at: Self.minute)

        #expect(share.isAlarming == row.isAlarming)
    }

    /// Good traffic of before dilutes nothing, and the alarm ends by itself.
    @Test func `only five minutes count`() {
        var share = RejectionShare()
        var alarms: [Int64] = []
        for minute in Int64(0)...20 {
            let bad = UInt64(max(0, min(minute, 12) - 9))
            share.note(accepted: UInt64(minute) * 1000 - bad * 1000, rejected: bad * 1000, at: minute * Self.minute)
            if share.isAlarming { alarms.append(minute) }
        }
        // Wrong from the tenth minute to the twelfth.
        #expect(alarms == [11, 12, 13, 14, 15])
    }

    @Test func `one sample alone says nothing`() {
        var share = RejectionShare()
        #expect(!share.isAlarming)
        share.note(accepted: 0, rejected: 5000, at: 0)
        #expect(!share.isAlarming)
    }

    @Test(arguments: [(2, 20, false), (3, 20, true), (19, 19, false), (100, 1000, false), (101, 1000, true)])
    func `a tenth of at least twenty devices`(suspects: Int, devices: Int, isAlarming: Bool) {
        #expect(LaneAlarm.areSuspect(suspects, of: devices) == isAlarming)
    }
}
