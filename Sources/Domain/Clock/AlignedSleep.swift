/// Sleeps to the next whole multiple of an interval since the process began: services that look each second wake the process together, once
/// a second, and not each at a moment of its own. Each timer that fires wakes several threads of the pool.
///
/// - Throws: `CancellationError`.
package func sleepToNext(_ interval: Duration) async throws {
    let passed = Int(origin.duration(to: .now) / interval)
    try await Task.sleep(until: origin + interval * (passed + 1), tolerance: interval / 20, clock: .continuous)
}

private let origin = ContinuousClock.now
