/// The brake against the classic disaster of this field: a wrong topic, environment or project makes the provider call every token bad, and
/// an obedient gateway erases the token base of a town in minutes.
///
/// Within five minutes at least 20 distinct devices of a credential and 30 % of its answers: then it is the environment, not the tokens.
/// Value type on the lane's thread; monotonic milliseconds come in.
package struct MassGuard: Sendable {
    package static let devicesMin = 20
    package static let shareMin = 0.3
    package static let spanMilliseconds: Int64 = 300_000

    /// Answers by slices of ten seconds, and the devices called bad with the time of the last word.
    private var slices: [Int32] = Array(repeating: 0, count: 30)
    private var slice: Int64 = 0
    private var answers = 0
    private var bad: [DeviceID: Int64] = [:]
    /// Devices remembered; far beyond the threshold, and bounded all the same.
    private static let badMax = 4096
    /// Removals are frozen until a person has looked.
    package private(set) var isFrozen = false

    package init() {}

    /// Any answer of the provider to a delivery.
    package mutating func answered(now: Int64) {
        advance(now)
        slices[Int(slice % 30)] += 1
        answers += 1
    }

    /// An answer that called this device's target bad or gone; ``answered(now:)`` was called for it, too.
    ///
    /// - Returns: true when this word pulls the brake.
    package mutating func blamed(_ device: DeviceID, now: Int64) -> Bool {
        advance(now)
        if bad.count < Self.badMax || bad[device] != nil { bad[device] = now }
        guard !isFrozen, bad.count >= Self.devicesMin else { return false }
        bad = bad.filter { now - $0.value < Self.spanMilliseconds }
        guard bad.count >= Self.devicesMin, Double(bad.count) >= Self.shareMin * Double(answers) else { return false }
        isFrozen = true
        return true
    }

    /// What was frozen before a restart.
    package mutating func freeze() { isFrozen = true }

    /// A person has looked: count anew.
    package mutating func release() { self = MassGuard() }

    private mutating func advance(_ now: Int64) {
        let current = now / 10_000
        guard current > slice else { return }
        for passed in 1...min(current - slice, 30) {
            let index = Int((slice + passed) % 30)
            answers -= Int(slices[index])
            slices[index] = 0
        }
        slice = current
    }
}
