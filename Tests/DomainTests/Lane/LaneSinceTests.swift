import Domain
import Testing

struct LaneSinceTests {
    private static let start = Instant(seconds: 1000)

    /// What is seen each second, and at which of these seconds a person is told.
    @Test(
        arguments: [
            (["active", "active"], []),
            (["active", "open", "halfOpen", "open", "halfOpen", "active"], [1, 5]),
            (["active", "credentialFault", "credentialFault", "active"], [1, 3]),
            (["open", "credentialFault", "halfOpen", "open"], [0, 1, 2]),
            (["paused", "paused", "draining", "active"], [0, 2, 3]),
        ] as [([String], [Int])]
    )
    func `a change is told once, and a probe is none`(seen: [String], told: [Int]) {
        var since = LaneSince(state: "active", at: Self.start)
        var changes: [Int] = []
        for (second, state) in seen.enumerated() {
            let now = Self.start + .seconds(second)
            if since.see(state, reason: "", now: now) { changes.append(second) }
            #expect(since.at == changes.last.map { Self.start + .seconds($0) } ?? Self.start)
        }
        #expect(changes == told && since.state == seen.last)
    }

    @Test func `a platform that waits is told of, and does not make an active lane a new one`() {
        var since = LaneSince(state: "active", at: Self.start)
        let told = ["", "403", "403 again", "", ""].enumerated().filter { second, reason in
            since.see("active", reason: reason, now: Self.start + .seconds(second))
        }
        #expect(told.map(\.offset) == [1, 3] && since.at == Self.start)
    }
}
