package import Domain

/// Which provider token each connection to Apple uses, and when a new one is made.
///
/// Apple wants a token younger than an hour and calls it an error "if you use a new token more than once every 20 minutes
/// on the same connection". Those 20 minutes run from when that connection first saw its token, not from when the token
/// was made: one shared token, renewed by a timer, is refused on every connection that was opened late. So tokens are made
/// on use once the newest is 35 minutes old, and each connection keeps its own for at least 21 minutes: at most
/// 35 + 21 = 56 minutes of age. No clock and no signing in here; the owner keeps it under a lock.
package struct ProviderTokenSchedule: Sendable {
    /// Age beyond which the next use makes a new token.
    static let renewAge = Duration.seconds(35 * 60)
    /// Time a connection stays with a token: Apple's 20 minutes and a margin.
    static let holdTime = Duration.seconds(21 * 60)
    /// Apple's own interval: a token younger than this that is called expired tells of a wrong clock.
    static let renewAgeMin = Duration.seconds(20 * 60)
    /// Age at which a token is not used again, whatever else holds: Apple refuses it at 60 minutes.
    static let ageMax = Duration.seconds(58 * 60)
    /// A token issued later than this after `now` comes from before a step of the clock.
    static let futureMax = Duration.seconds(60)

    /// What a connection uses.
    private struct Hold {
        var token: ProviderToken
        var firstUsedAt: Instant
        var lastUsedAt: Instant
        /// The token before, to fall back to.
        var previous: ProviderToken?
    }

    /// The token new connections start with; to be stored after each change, so that a process that restarts in a loop
    /// does not make a new one each time.
    package private(set) var newest: ProviderToken?
    private var holds: [UInt64: Hold] = [:]

    /// - Parameters:
    ///   - stored: what ``newest`` was before the restart.
    ///   - keyID: a stored token of another key is passed over.
    package init(stored: ProviderToken?, keyID: String) {
        if let stored, stored.keyID == keyID { newest = stored }
    }

    /// The token for the next request of a connection.
    ///
    /// - Parameters:
    ///   - connection: a number never used for two connections.
    ///   - now: the wall clock, which Apple compares with.
    ///   - mint: makes a token; called at most once, and only when the newest is too old.
    /// - Returns: the token to sign this request with.
    /// - Throws: what `mint` throws; nothing has changed then.
    package mutating func token<Failure: Error>(
        for connection: UInt64,
        at now: Instant,
        mint: () throws(Failure) -> ProviderToken
    ) throws(Failure) -> ProviderToken {
        let newest = try newestToken(at: now, mint: mint)
        guard var hold = holds[connection] else {
            holds[connection] = Hold(token: newest, firstUsedAt: now, lastUsedAt: now)
            return newest
        }
        let isTooOld = now - hold.token.issuedAt >= Self.ageMax
        if hold.token != newest, isTooOld || now - hold.firstUsedAt >= Self.holdTime {
            hold.previous = hold.token
            hold.token = newest
            hold.firstUsedAt = now
        }
        hold.lastUsedAt = now
        holds[connection] = hold
        return hold.token
    }

    /// After TooManyProviderTokenUpdates: the connection goes back to the token it had before, and nothing is made.
    ///
    /// All that is in flight under the new token is answered so; only the first of these answers changes anything.
    ///
    /// - Parameters:
    ///   - connection: where the answer came.
    ///   - rejected: the token of the request that was answered.
    ///   - now: the wall clock.
    /// - Returns: the token to use there; nil when there is none that Apple would still take, also when the previous one is
    ///   answered in the same way: then the connection takes no new request.
    package mutating func revert(
        _ connection: UInt64,
        rejected: ProviderToken,
        at now: Instant
    ) -> ProviderToken? {
        guard var hold = holds[connection] else { return nil }
        guard hold.token == rejected else { return hold.token }
        guard let previous = hold.previous, now - previous.issuedAt < Self.ageMax else { return nil }
        hold.previous = nil
        hold.token = previous
        hold.firstUsedAt = now
        hold.lastUsedAt = now
        holds[connection] = hold
        return previous
    }

    /// After ExpiredProviderToken: drops the token so that the next use, on a new connection, makes another.
    ///
    /// - Returns: false when it is too young to have expired: our clock or Apple's is wrong, a new token would not help.
    package mutating func expire(_ token: ProviderToken, at now: Instant) -> Bool {
        guard token == newest else { return true }
        guard now - token.issuedAt > Self.renewAgeMin else { return false }
        newest = nil
        return true
    }

    /// The connection is closed.
    package mutating func forget(_ connection: UInt64) {
        holds[connection] = nil
    }

    private mutating func newestToken<Failure: Error>(
        at now: Instant,
        mint: () throws(Failure) -> ProviderToken
    ) throws(Failure) -> ProviderToken {
        if let newest, now - newest.issuedAt <= Self.renewAge, newest.issuedAt - now <= Self.futureMax { return newest }
        let minted = try mint()
        newest = minted
        // The bound of the table, should an owner forget to forget: a connection idle for so long starts anew.
        holds = holds.filter { now - $0.value.lastUsedAt < .seconds(3600) }
        return minted
    }
}
