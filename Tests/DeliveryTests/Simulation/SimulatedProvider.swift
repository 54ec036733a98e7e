import Domain

@testable import Delivery

/// A push service of the simulation: what it answers depends on the weather of its lane.
struct SimulatedProvider {
    /// What becomes of a request; decided when it leaves.
    struct Reply {
        var verdict: Verdict
        var status = 200
        var isAnswered = true
        var advice = CredentialAdvice.none
        /// The phone rang.
        var wasTaken = false
        /// It may have rung, and nobody knows: one more push is no fault.
        var mayHaveRung = false
    }

    private var failed = 0.0
    private var lost = 0.0
    private var busy = 0.0
    private var credential = 0.0
    private var unprocessed = 0.0
    private var platform = 0.0
    private var dead = 0.0
    /// The wrong environment: every token is called dead.
    private var isElsewhere = false

    /// Of a provider at its best nothing but acceptances come.
    init() {}

    /// Weather for a while, drawn anew; one time in three nothing is wrong.
    init(random: inout SplitMix64) {
        guard Int.random(in: 0...2, using: &random) != 0 else { return }
        func share(_ most: Double) -> Double { Double.random(in: 0...most, using: &random) }
        failed = share(0.4)
        lost = share(0.2)
        busy = share(0.05)
        credential = share(0.02)
        unprocessed = share(0.2)
        platform = share(0.05)
        dead = share(0.05)
        isElsewhere = Int.random(in: 0...7, using: &random) == 0
    }

    func reply(to delivery: LoadedDelivery, random: inout SplitMix64) -> Reply {
        var draw = Double.random(in: 0..<1, using: &random)
        func falls(_ share: Double) -> Bool {
            defer { draw -= share }
            return draw < share
        }
        if isElsewhere { return Reply(verdict: .tokenDead(since: nil), status: 410) }
        if falls(failed) {
            return Reply(verdict: .deferred(retryAfter: nil), status: Bool.random(using: &random) ? 500 : 429)
        }
        if falls(lost) {
            let wasTaken = Bool.random(using: &random)
            return Reply(verdict: .ambiguous, status: 0, isAnswered: false, wasTaken: wasTaken, mayHaveRung: true)
        }
        if falls(busy) {
            let wait = Bool.random(using: &random) ? Duration.seconds(Int.random(in: 0...30, using: &random)) : nil
            return Reply(verdict: .laneBusy(retryAfter: wait), status: Bool.random(using: &random) ? 503 : 429)
        }
        if falls(credential) {
            return Bool.random(using: &random)
                ? Reply(verdict: .resend(.renewCredential), advice: .refresh) : Reply(verdict: .credentialFault)
        }
        if falls(unprocessed) { return Reply(verdict: .resend(.retire), status: 0, isAnswered: false) }
        if delivery.platform == .ios, falls(platform) { return Reply(verdict: .platformFault) }
        if falls(dead) { return Reply(verdict: .tokenDead(since: nil)) }
        return Reply(verdict: .accepted, wasTaken: true)
    }
}
