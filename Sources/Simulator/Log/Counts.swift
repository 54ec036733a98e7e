/// Totals since the start or the last `DELETE /control/log`.
package struct Counts: Sendable {
    /// Distinct tokens are counted up to here.
    package static let distinctMax = 2_000_000

    package struct OfProvider: Sendable {
        package var accepted = 0
        package var refused = 0
        package var scripted = 0
        package var silent = 0
        package var lost = 0
        /// Tokens with at least one accepted request.
        package var tokens: Set<String> = []
        /// JWTs or access tokens shown with correct requests.
        package var credentials: Set<String> = []
    }

    package var providers: [SimulatedService: OfProvider] = [:]
    package var connectionsOpened = 0
    package var connectionsOpen = 0

    /// Access tokens given out: one for however many callers shows that they share a grant.
    package var grants: Int { providers[.google]?.accepted ?? 0 }

    mutating func count(_ record: Record) {
        var counts = providers[record.provider] ?? OfProvider()
        // Taken out first, so that the set is not copied.
        providers[record.provider] = nil
        switch record.outcome {
        case .accepted:
            counts.accepted += 1
            if counts.tokens.count < Self.distinctMax { counts.tokens.insert(record.token) }
        case .refused: counts.refused += 1
        case .scripted: counts.scripted += 1
        case .silent: counts.silent += 1
        case .lost: counts.lost += 1
        }
        if let credential = record.credential, counts.credentials.count < Self.distinctMax {
            counts.credentials.insert(credential)
        }
        providers[record.provider] = counts
    }

    mutating func clear() {
        providers = [:]
        connectionsOpened = connectionsOpen
    }

    package var json: JSON {
        var members: [String: JSON] = [
            "grants": .integer(Int64(grants)),
            "connections": [
                "opened": .integer(Int64(connectionsOpened)), "open": .integer(Int64(connectionsOpen)),
            ],
        ]
        for provider in SimulatedService.allCases {
            let counts = providers[provider] ?? OfProvider()
            members[provider.rawValue] = [
                "accepted": .integer(Int64(counts.accepted)), "refused": .integer(Int64(counts.refused)),
                "scripted": .integer(Int64(counts.scripted)), "silent": .integer(Int64(counts.silent)),
                "lost": .integer(Int64(counts.lost)),
                "distinctCredentials": .integer(Int64(counts.credentials.count)),
                "distinctTokens": .integer(Int64(counts.tokens.count)),
            ]
        }
        return .object(members)
    }
}
