import Domain
import Testing

struct RoomShortageTests {
    private static let patience = RoomShortage.patience.wholeMilliseconds

    /// Each look: monotonic milliseconds, whether the disk is short, whether it is urgent.
    private func answers(_ looks: [(at: Int64, isShort: Bool, isUrgent: Bool)]) -> [Bool] {
        var shortage = RoomShortage()
        return looks.map { shortage.look(isShort: $0.isShort, isUrgent: $0.isUrgent, at: $0.at) }
    }

    @Test func `history goes after a quarter of an hour without a break`() {
        #expect(Self.patience == 900_000)
        let times = [5, 4 + Self.patience, 5 + Self.patience, 6 + Self.patience]
        #expect(answers(times.map { ($0, true, false) }) == [false, false, true, true])
    }

    @Test func `a moment with room begins the time anew`() {
        let patience = Self.patience
        let looks = [
            (0, true), (patience - 1, false), (patience, true), (2 * patience - 1, true), (2 * patience, true),
        ]
        #expect(answers(looks.map { ($0.0, $0.1, false) }) == [false, false, false, false, true])
    }

    @Test func `without room for new events it goes at once, but only for want of room`() {
        #expect(answers([(0, false, true), (0, true, true)]) == [false, true])
    }
}
