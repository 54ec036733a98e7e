/// When the keys of an issuer are fetched, and what a token is checked with meanwhile. A value: no clock, no network; milliseconds of one clock
/// that never goes back.
struct IssuerKeyCache {
    enum Answer {
        /// `isOld`: the keys should be fetched anew beside.
        case key(IssuerKey, isOld: Bool)
        /// The issuer has no such key.
        case unknown
        /// The keys have to be fetched, or are being fetched: then ask again.
        case fetch
        /// They cannot be had now.
        case unavailable
    }

    private var keys: IssuerKeySet?
    private var fetchedAt: Int64 = 0
    private var askedAt: Int64?

    /// Keys that are older are fetched anew beside their use: a key that was taken back stops to count.
    static let freshMilliseconds: Int64 = 10 * 60_000
    /// Keys count so long when the issuer does not answer.
    static let staleMilliseconds: Int64 = 24 * 3_600_000
    /// Between two fetches, whatever tokens claim: invented names of keys cost the issuer one request in so long.
    static let pauseMilliseconds: Int64 = 30_000

    /// What to check a token with. Asked a second time about a token, after the fetch it wanted, `hasFetched` is true.
    func answer(_ token: SignedToken, hasFetched: Bool, now: Int64) -> Answer {
        let mayFetch = !hasFetched && askedAt.map { now - $0 >= Self.pauseMilliseconds } ?? true
        guard let keys, now - fetchedAt < Self.staleMilliseconds else { return mayFetch ? .fetch : .unavailable }
        if let key = keys.key(of: token) {
            return .key(key, isOld: mayFetch && now - fetchedAt >= Self.freshMilliseconds)
        }
        return mayFetch ? .fetch : .unknown
    }

    mutating func isAsking(now: Int64) { askedAt = now }

    mutating func came(_ keys: IssuerKeySet, now: Int64) {
        self.keys = keys
        fetchedAt = now
    }
}
