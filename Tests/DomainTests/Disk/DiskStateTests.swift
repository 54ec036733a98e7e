import Domain
import Testing

struct DiskStateTests {
    private static let gigabyte: Int64 = 1_000_000_000

    private func reading(_ free: Int64, ballast: Bool = true, blocked: Bool = false) -> DiskState.Reading {
        .init(freeBytes: free, totalBytes: 100 * Self.gigabyte, hasBallast: ballast, isBlocked: blocked)
    }

    private func stage(_ free: Int64, ballast: Bool = true, blocked: Bool = false, limits: DiskLimits = .init())
        -> DiskStage
    {
        var state = DiskState(limits)
        _ = state.look(reading(free, ballast: ballast, blocked: blocked))
        return state.stage
    }

    @Test(
        arguments: [
            (11 * gigabyte, .ample), (10 * gigabyte, .ample), (10 * gigabyte - 1, .soft), (32 << 20, .soft),
            ((32 << 20) - 1, .hard), (0, .hard),
        ] as [(Int64, DiskStage)]
    )
    func `each stage begins below its bound`(free: Int64, expected: DiskStage) {
        #expect(stage(free) == expected)
        #expect(stage(free, blocked: true) == .blocked)
    }

    @Test func `the larger of bytes and percent counts, and both may be nothing`() {
        var limits = DiskLimits()
        limits.softBytes = 20 * Self.gigabyte
        #expect(stage(15 * Self.gigabyte, limits: limits) == .soft)
        (limits.softBytes, limits.softPercent) = (0, 0)
        #expect(stage(40 << 20, limits: limits) == .ample)
    }

    @Test func `the room the ballast gave back is not for new events`() {
        #expect(stage(40 << 20, ballast: false) == .hard)
        #expect(stage(64 << 20, ballast: false) == .soft)
    }

    @Test func `a stage is left only with a twentieth more room`() {
        var state = DiskState(DiskLimits())
        let gigabyte = Self.gigabyte
        let steps: [(Int64, DiskStage, Bool)] = [
            (10 * gigabyte - 1, .soft, true), (10 * gigabyte + 1, .soft, false),
            (10 * gigabyte + gigabyte / 2, .ample, true), (10 * gigabyte + 1, .ample, false), (1, .hard, true),
            (33 << 20, .hard, false), (34 << 20, .soft, true),
        ]
        for (free, stage, changes) in steps {
            let hasChanged = state.look(reading(free))
            #expect(hasChanged == changes && state.stage == stage, "\(free)")
        }
    }

    @Test func `a ballast is made where it brings no stage nearer`() {
        let state = DiskState(DiskLimits())
        #expect(state.hasRoomForBallast(reading(128 << 20, ballast: false)))
        #expect(!state.hasRoomForBallast(reading((128 << 20) - 1, ballast: false)))
        #expect(!state.hasRoomForBallast(reading(1 << 40, ballast: true)))
        #expect(!state.hasRoomForBallast(reading(1 << 40, ballast: false, blocked: true)))
        var none = DiskLimits()
        none.ballastBytes = 0
        #expect(!DiskState(none).hasRoomForBallast(reading(1 << 40, ballast: false)))
    }
}
