/// What is known of bearer tokens, by their SHA-256, and which new ones may be asked about. No clock, no question in it.
///
/// A token the ENT has once called somebody's keeps a share of the questions that invented tokens cannot take, also after its answer is
/// too old to count.
struct BearerMemory: Sendable {
    typealias Key = [UInt8]

    enum Verdict: Hashable, Sendable {
        case known(UserInfo.Outcome)
        /// Ask; `isNew`: nothing speaks for this token.
        case ask(isNew: Bool)
        /// The address asks about too many tokens that nothing speaks for.
        case tooMany
    }

    private struct Entry: Sendable {
        var outcome: UserInfo.Outcome
        /// Counts before this.
        var until: Int64
    }

    /// A day's tokens of a large ENT; invented ones go first when room is made.
    private static let entriesMax = 50_000
    private static let negativeMilliseconds: Int64 = 5000

    private let positiveMilliseconds: Int64
    private let newPerAddressMax: Int
    private var entries = BoundedTable<Key, Entry>(max: entriesMax)
    private var asking: [String: Int] = [:]

    init(positiveMilliseconds: Int64, newPerAddressMax: Int) {
        self.positiveMilliseconds = positiveMilliseconds
        self.newPerAddressMax = newPerAddressMax
    }

    /// `isRefused`: too many tokens of this address were unknown to the ENT lately.
    mutating func look(_ key: Key, address: String, isRefused: Bool, now: Int64) -> Verdict {
        if let entry = entries[key] {
            if now < entry.until { return .known(entry.outcome) }
            if case .account = entry.outcome { return .ask(isNew: false) }
        }
        guard !isRefused, asking[address, default: 0] < newPerAddressMax else { return .tooMany }
        asking[address, default: 0] += 1
        return .ask(isNew: true)
    }

    mutating func answered(_ key: Key, _ outcome: UserInfo.Outcome, isNew: Bool, address: String, now: Int64) {
        if isNew {
            let left = asking[address, default: 1] - 1
            asking[address] = left > 0 ? left : nil
        }
        let lifetime: Int64
        switch outcome {
        case .account: lifetime = positiveMilliseconds
        case .nobody: lifetime = Self.negativeMilliseconds
        case .unavailable: return
        }
        entries.set(key, Entry(outcome: outcome, until: now + lifetime)) { entry in
            if case .account = entry.outcome { entry.until } else { .min }
        }
    }
}
