/// The guard against the classic disaster of this field: a wrong topic, environment or project makes the provider call every token bad, and
/// an obedient gateway erases the token base of a town in minutes.
///
/// A sequential test on the run of answers (CUSUM, [Page 1954]): a bad answer of an owner adds to a sum, a good one takes from it, never
/// below zero, and at the threshold it is the environment, not the tokens. So it sees a turn within seconds, however much good traffic went
/// before. Evidence counts owners: one whose twenty phones are all dead says it once. The weights are those of a fifth of the answers bad
/// (tolerated) against three fifths (a fault); figures in Decisions/0015. Value type; monotonic milliseconds come in.
package struct MassGuard: Sendable {
    /// ln(0.6 / 0.2) and ln(0.4 / 0.8), in hundredths.
    static let badWeight = 110
    static let goodWeight = 69
    /// ln(10^8), in hundredths: at a fifth of bad answers one false alarm in about 10^8.
    static let threshold = 1840
    /// Owners that a run all bad takes to the alarm.
    package static let ownersMin = (threshold + badWeight - 1) / badWeight
    /// What was changed in this span before the alarm is undone, and what was changed since the run began.
    package static let spanMilliseconds: Int64 = 300_000
    /// Owners remembered of a run; far beyond the threshold, and bounded all the same.
    private static let ownersMax = 4096

    private var sum = 0
    /// Who has added to the sum since it was last zero.
    private var owners: Set<PersonID> = []
    private var began: Int64 = 0
    /// Removals are frozen until a person has looked.
    package private(set) var isFrozen = false

    package init() {}

    /// An answer of the provider that says nothing against the target.
    package mutating func passed() {
        guard sum > 0 else { return }
        sum = max(0, sum - Self.goodWeight)
        if sum == 0 { owners.removeAll(keepingCapacity: true) }
    }

    /// An answer that called a target of this owner bad or gone.
    ///
    /// - Returns: since when what was done is in doubt (monotonic milliseconds), when this answer is the alarm.
    package mutating func blamed(_ owner: PersonID, now: Int64) -> Int64? {
        if owners.isEmpty { began = now }
        if owners.count >= Self.ownersMax { owners.removeAll(keepingCapacity: true) }
        guard owners.insert(owner).inserted else { return nil }
        sum += Self.badWeight
        guard sum >= Self.threshold, !isFrozen else { return nil }
        isFrozen = true
        return min(began, now - Self.spanMilliseconds)
    }

    /// What was frozen before a restart.
    package mutating func freeze() { isFrozen = true }

    /// A person has looked: count anew.
    package mutating func release() { self = MassGuard() }
}
