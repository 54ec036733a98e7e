import Domain
import Synchronization

/// How many events of each publisher wait for their time, as far as a bound has to know it: what the store counted last, and what has come
/// since. Counting costs as much as there are, so it is done where the bound would refuse and not at each event; what has left since makes the
/// number too high, never too low.
///
/// Publishers are those of the configuration, so what is kept is bounded.
final class ScheduleBound: Sendable {
    private let waiting = Mutex<[ExactText: Int]>([:])

    /// Whether `more` events of the publisher may wait beside those that do; then they count. `count`: how many wait now by the store,
    /// which need count no further than `limit`.
    func takes(
        _ more: Int,
        of publisher: String,
        limit: Int,
        counted count: () async throws(Problem) -> Int
    ) async throws(Problem) -> Bool {
        let key = ExactText(publisher)
        if waiting.withLock({ Self.add(more, to: $0[key], limit, &$0[key]) }) { return true }
        let counted = try await count()
        return waiting.withLock { waiting in
            waiting[key] = counted
            return Self.add(more, to: counted, limit, &waiting[key])
        }
    }

    private static func add(_ more: Int, to known: Int?, _ limit: Int, _ kept: inout Int?) -> Bool {
        guard let known, known + more <= limit else { return false }
        kept = known + more
        return true
    }
}
