import Domain

/// What a lane has met of refused credentials since something was last accepted.
struct CredentialRefusals: Sendable {
    /// Refused credentials remembered; beyond it the count begins anew.
    static let credentialsMax = 16
    /// Owners remembered who met a refusal.
    static let accusersMax = 64
    /// An accuser may be the probe again after so long: where few owners are, one of them has to find out.
    static let accuserMilliseconds: Int64 = 900_000

    /// All that is under way with a refused credential comes back with the same answer, and that is one answer; a second credential refused is
    /// the key's fault.
    private var credentials: Set<UInt64> = []
    /// Owners who met "not you" from a host that their own subscription names, and when.
    private var accusers: [PersonID: Int64] = [:]

    var isEmpty: Bool { credentials.isEmpty }

    func contains(_ credential: UInt64) -> Bool { credentials.contains(credential) }

    mutating func refused(_ credential: UInt64) {
        if credentials.count >= Self.credentialsMax { credentials = [] }
        credentials.insert(credential)
    }

    /// - Returns: how many owners have met it.
    mutating func accused(by owner: PersonID, now: Int64) -> Int {
        accusers = accusers.filter { now - $0.value < Self.accuserMilliseconds }
        if accusers.count < Self.accusersMax { accusers[owner] = now }
        return accusers.count
    }

    func isAccuser(_ owner: PersonID, now: Int64) -> Bool {
        guard !accusers.isEmpty, let at = accusers[owner] else { return false }
        return now - at < Self.accuserMilliseconds
    }

    /// Something was accepted, the configuration was read anew, or a person says that the cause is mended.
    mutating func forget() {
        if !credentials.isEmpty { credentials = [] }
        if !accusers.isEmpty { accusers = [:] }
    }
}
