import Domain
import TestSupport
import Testing

struct WindowTests {
    @Test func `a new lane begins small, doubles while all is well and stops at its bound`() {
        var window = Window(most: 200)
        let first = window.limit(now: 0)

        for _ in 0..<first { window.answered() }
        let second = window.limit(now: 0)
        for _ in 0..<10_000 { window.answered() }

        #expect(first == 32)
        #expect(second == 2 * first)
        #expect(window.limit(now: 0) == 200)
    }

    @Test func `a burst of failures cuts once, the next round of answers may cut again`() {
        var window = Window(most: 100)
        for _ in 0..<1000 { window.answered() }

        for _ in 0..<50 { window.failed() }
        let afterBurst = window.limit(now: 0)
        for _ in 0..<40 { window.failed() }
        let afterSecond = window.limit(now: 0)

        #expect(afterBurst == 70)
        #expect(afterSecond == 49)
    }

    @Test func `after a cut it grows by one a round`() {
        var window = Window(most: 100)
        for _ in 0..<1000 { window.answered() }
        window.failed()

        for _ in 0..<71 { window.answered() }

        #expect(window.limit(now: 0) == 71)
    }

    @Test func `it never closes altogether`() {
        var window = Window(most: 10)
        for _ in 0..<1000 { window.failed() }
        #expect(window.limit(now: 0) == 1)
    }

    @Test(arguments: [
        (0, 80), (9_999, 80), (10_000, 160), (20_000, 320), (30_000, 640), (40_000, 800), (.max / 2, 800),
    ])
    func `after a closed time a tenth may go, doubled every ten seconds`(after: Int64, most: Int) {
        var window = Window(most: 800)
        for _ in 0..<10_000 { window.answered() }
        window.reopened()

        let first = window.limit(now: 5_000)
        let then = window.limit(now: 5_000 + after)

        #expect(first == 80)
        #expect(then == most)
    }

    @Test(arguments: [41, 42, 43, 44] as [UInt64])
    func `on a random walk it stays between one and its bound`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var window = Window(most: 300)
        var now: Int64 = 0
        for _ in 0..<20_000 {
            now += Int64.random(in: 0...2000, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0: window.reopened()
            case 1...4: window.failed()
            default: window.answered()
            }
            let limit = window.limit(now: now)
            #expect((1...300).contains(limit), "seed \(seed)")
        }
    }
}
