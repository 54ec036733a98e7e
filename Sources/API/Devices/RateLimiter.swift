import Contract
import Domain
import HTTPTypes
import Hummingbird
import Synchronization

/// A bucket of allowances for each client (account, publisher, address): full at first, refilled evenly.
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

    /// Clients remembered; the fullest buckets are forgotten first, since forgetting a full one changes nothing.
    private static let clientsMax = 20_000

    private let name: String
    private let perMinute: Int64
    private let burst: Int64
    private let buckets = Mutex(BoundedTable<ExactText, Bucket>(max: clientsMax))

    /// `name`: of the policy in the header fields.
    init(_ name: String, perMinute: Int, burst: Int) {
        self.name = name
        self.perMinute = Int64(perMinute)
        self.burst = Int64(burst)
    }

    /// Takes one of the client's allowances when there is one; `now` in monotonic milliseconds.
    func take(_ client: String, now: Int64) -> Verdict {
        buckets.withLock { buckets in
            let key = ExactText(client)
            var level = buckets[key].map { refilled($0, now) } ?? burst * 1000
            let isAllowed = level >= 1000
            if isAllowed { level -= 1000 }
            buckets.set(key, Bucket(level: level, at: now)) { -refilled($0, now) }
            let missing = isAllowed ? burst * 1000 - level : 1000 - level
            let seconds = (missing * 60 + perMinute * 1000 - 1) / (perMinute * 1000)
            return Verdict(isAllowed: isAllowed, remaining: Int(level / 1000), seconds: Int(seconds))
        }
    }

    /// Whether one is left, without taking it.
    func hasAllowance(_ client: String, now: Int64) -> Bool {
        buckets.withLock { buckets in buckets[ExactText(client)].map { refilled($0, now) >= 1000 } ?? true }
    }

    /// `RateLimit-Policy` [draft-ietf-httpapi-ratelimit-headers]: so many in as many seconds as it takes to refill them.
    var policy: String { "\"\(name)\";q=\(burst);w=\((burst * 60 + perMinute - 1) / perMinute)" }

    private func refilled(_ bucket: Bucket, _ now: Int64) -> Int64 {
        min(burst * 1000, bucket.level + max(0, now - bucket.at) * perMinute / 60)
    }
}

extension RateLimiter {
    /// The header fields that say where the client stands.
    func headers(_ verdict: Verdict) -> HTTPFields {
        [
            HeaderName.rateLimitPolicy: policy,
            HeaderName.rateLimit: "\"\(name)\";r=\(verdict.remaining);t=\(verdict.seconds)",
        ]
    }

    /// 429 with the fields and the time to wait.
    func problem(_ verdict: Verdict) -> Problem {
        var problem = Problem(.rateLimited, "Too many requests; try again later.")
        problem.headers = headers(verdict)
        problem.headers[.retryAfter] = "\(max(1, verdict.seconds))"
        return problem
    }

    /// Runs `answer` when the client has an allowance left, and says in every answer where it stands.
    func limited(
        _ client: String,
        now: Int64,
        _ answer: () async throws -> Response
    ) async throws -> Response {
        let verdict = take(client, now: now)
        guard verdict.isAllowed else { throw problem(verdict) }
        do {
            var response = try await answer()
            response.headers.append(contentsOf: headers(verdict))
            return response
        } catch var problem as Problem {
            problem.headers.append(contentsOf: headers(verdict))
            throw problem
        }
    }
}
