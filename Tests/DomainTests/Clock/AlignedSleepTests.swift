import Domain
import Testing

/// One timer serves all sleepers, whoever came first and whoever wakes first.
struct AlignedSleepTests {
    @Test func `everybody wakes, each as often as asked`() async throws {
        let woken = try await withThrowingTaskGroup(of: Int.self) { group in
            for interval in [1, 7, 3, 20, 1, 11] {
                group.addTask {
                    var times = 0
                    while times < 5 {
                        try await sleepToNext(.milliseconds(interval))
                        times += 1
                    }
                    return times
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(woken == 30)
    }

    @Test func `whoever sleeps longer is not woken with the others`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await sleepToNext(.seconds(86_400))
                Issue.record("A day has not passed")
            }
            for _ in 0..<3 { try await sleepToNext(.milliseconds(1)) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }

    @Test func `whoever is cancelled does not sleep, before and after`() async throws {
        for isEarly in [true, false] {
            let sleeper = Task {
                if isEarly { withUnsafeCurrentTask { $0?.cancel() } }
                try await sleepToNext(.seconds(86_400))
            }
            if !isEarly { sleeper.cancel() }
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
        try await sleepToNext(.milliseconds(1))
    }
}
