import Synchronization

/// A bucket of allowances for each account: full at first, refilled evenly.
final class RateLimiter: Sendable {
    /// What is left after a request was, or was not, let through.
    struct Verdict: Hashable, Sendable {
        var isAllowed: Bool
        var remaining: Int
        /// Whole seconds until one more is allowed (when refused) or all are.
        var seconds: Int
    }

    private struct Bucket {
        /// In thousandths, as of `at`.
        var level: Int64
        var at: Int64
    }

    /// Accounts remembered; a full bucket is forgotten first, since forgetting it changes nothing.
    private static let accountsMax = 20_000

    private let perMinute: Int64
    private let burst: Int64
    private let buckets = Mutex<[String: Bucket]>([:])

    init(perMinute: Int, burst: Int) {
        self.perMinute = Int64(perMinute)
        self.burst = Int64(burst)
    }

    /// Takes one of the account's allowances when there is one; `now` in monotonic milliseconds.
    func take(_ account: String, now: Int64) -> Verdict {
        buckets.withLock { buckets in
            var level = buckets[account].map { refilled($0, now) } ?? burst * 1000
            let isAllowed = level >= 1000
            if isAllowed { level -= 1000 }
            if buckets[account] == nil, buckets.count >= Self.accountsMax { makeRoom(&buckets, now) }
            buckets[account] = Bucket(level: level, at: now)
            let missing = isAllowed ? burst * 1000 - level : 1000 - level
            let seconds = (missing * 60 + perMinute * 1000 - 1) / (perMinute * 1000)
            return Verdict(isAllowed: isAllowed, remaining: Int(level / 1000), seconds: Int(seconds))
        }
    }

    /// `RateLimit-Policy` [draft-ietf-httpapi-ratelimit-headers]: so many in as many seconds as it takes to refill them.
    var policy: String { "\"registrations\";q=\(burst);w=\((burst * 60 + perMinute - 1) / perMinute)" }

    private func refilled(_ bucket: Bucket, _ now: Int64) -> Int64 {
        min(burst * 1000, bucket.level + max(0, now - bucket.at) * perMinute / 60)
    }

    private func makeRoom(_ buckets: inout [String: Bucket], _ now: Int64) {
        buckets = buckets.filter { refilled($0.value, now) < burst * 1000 }
        if buckets.count >= Self.accountsMax, let oldest = buckets.min(by: { $0.value.at < $1.value.at }) {
            buckets[oldest.key] = nil
        }
    }
}
