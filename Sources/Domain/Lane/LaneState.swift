/// Whether and how much a lane may send: breaker, window, credential fault and operator's pause in one state machine without clock or I/O.
/// The host that several lanes share has one, too.
///
/// A sick provider or credential is an event of the lane: no delivery is written, no attempt burnt. Times are monotonic
/// milliseconds, so that a step of the wall clock opens and closes nothing.
package struct LaneState: Hashable, Sendable {
    package enum Mode: Hashable, Sendable {
        /// Sends. Can transition to: `open` (busy answer, or a run of failures), `credentialFault`, `paused`, `draining`.
        case active
        /// An operator stopped it; what is in flight finishes. Can transition to: `active` (resume).
        case paused
        /// Sends what is loaded, and nothing new is. Can transition to: `paused` (also when the provider refuses), `active` (resume).
        case draining
        /// The provider said "not now", or nobody answers. Can transition to: `halfOpen` (time over or resume).
        case open(until: Int64)
        /// One probe at a time finds out. Can transition to: `active` (accepted), `open` (failed), `credentialFault`.
        case halfOpen
        /// The credential was refused. Can transition to: `halfOpen` (each minute, on resume or after a reload). A probe that fails for
        /// another reason says nothing of the credential: back here.
        case credentialFault(nextProbe: Int64)
    }

    package private(set) var mode: Mode = .active
    /// What closed the lane, in the provider's or operator's words; never a token.
    package private(set) var reason = ""
    /// The credential was refused, and nobody has accepted anything or acted since.
    private var isCredentialRefused = false
    private var failuresInARow = 0
    private var openings = 0
    /// nil: no bound of its own (a host's).
    private var window: Window?
    /// Share of failures among the last answers, each weighing a thirty-second of it.
    private var failureShare = 0.0
    private var answersWeighed = 0

    /// Failed answers in a row, without any success between, that open the breaker.
    package static let failuresMax = 10
    /// Half of the answers failing opens it as well, once so many have been seen.
    package static let failureShareMax = 0.5
    package static let answersWeighedMin = 40
    package static let probeIntervalMilliseconds: Int64 = 60_000
    package static let longestOpenMilliseconds: Int64 = 60_000
    /// A provider's Retry-After is obeyed up to a day: beyond it one probe costs less than a typing error of theirs.
    package static let longestAskedMilliseconds: Int64 = 86_400_000

    /// `windowMax`: requests under way at most; nil: no bound.
    package init(windowMax: Int? = nil) {
        window = windowMax.map(Window.init(most:))
    }

    /// Whether one more request may begin now: while active as many as the window holds, while half-open one probe at a time.
    package mutating func permits(inFlight: Int, now: Int64) -> Bool {
        switch mode {
        case .active, .draining: return inFlight < windowSize(now: now)
        case .paused: return false
        case .open(let until):
            guard now >= until else { return false }
            mode = .halfOpen
            return inFlight == 0
        case .credentialFault(let next):
            guard now >= next else { return false }
            mode = .halfOpen
            return inFlight == 0
        case .halfOpen: return inFlight == 0
        }
    }

    /// When to ask `permits` again although nothing else happens; nil when only an event can change the answer.
    package var wakeAt: Int64? {
        switch mode {
        case .open(let until): until
        case .credentialFault(let next): next
        case .active, .paused, .draining, .halfOpen: nil
        }
    }

    /// The word of the API: `active paused draining open halfOpen credentialFault`.
    package var word: String {
        switch mode {
        case .active: "active"
        case .paused: "paused"
        case .draining: "draining"
        case .open: "open"
        case .halfOpen: isCredentialRefused ? "credentialFault" : "halfOpen"
        case .credentialFault: "credentialFault"
        }
    }

    package var isActive: Bool { mode == .active }

    /// Nothing may be sent, not even a probe. A draining lane sends what it has.
    package var isClosed: Bool {
        switch mode {
        case .active, .halfOpen, .draining: false
        case .paused, .open, .credentialFault: true
        }
    }

    /// The provider works: it accepted a delivery, or rejected one for a reason of its own (bad token, bad message). Only a probe's answer
    /// opens a closed lane: one that was under way when it closed proves nothing about now.
    package mutating func answered() {
        failuresInARow = 0
        weigh(failure: false)
        window?.answered()
        guard mode == .halfOpen else { return }
        mode = .active
        reason = ""
        isCredentialRefused = false
        openings = 0
        window?.reopened()
    }

    /// Requests that may be under way while active; `Int.max` without a bound.
    package mutating func windowSize(now: Int64) -> Int { window?.limit(now: now) ?? .max }

    /// No answer, a lost connection, or a 5xx for one delivery.
    package mutating func failed(_ why: String, now: Int64, random: Double) {
        failuresInARow += 1
        weigh(failure: true)
        window?.failed()
        switch mode {
        case .halfOpen where isCredentialRefused: awaitProbe(now, asked: 0)
        case .halfOpen: open(why, atLeast: nil, now: now, random: random)
        case .active where failuresInARow >= Self.failuresMax || mostFail:
            open(why, atLeast: nil, now: now, random: random)
        case .draining where failuresInARow >= Self.failuresMax: pause(why)
        case .active, .open, .paused, .draining, .credentialFault: break
        }
    }

    /// The provider as a whole said "not now".
    package mutating func busy(_ why: String, retryAfter: Int64?, now: Int64, random: Double) {
        switch mode {
        case .halfOpen where isCredentialRefused: awaitProbe(now, asked: retryAfter ?? 0)
        case .active, .halfOpen, .open: open(why, atLeast: retryAfter, now: now, random: random)
        case .draining: pause(why)
        case .paused, .credentialFault: break
        }
    }

    package mutating func credentialRefused(_ why: String, now: Int64) {
        switch mode {
        case .paused: break
        case .draining: pause(why)
        case .active, .open, .halfOpen, .credentialFault:
            isCredentialRefused = true
            awaitProbe(now, asked: 0)
            reason = why
        }
    }

    private mutating func awaitProbe(_ now: Int64, asked: Int64) {
        let wait = max(Self.probeIntervalMilliseconds, min(asked, Self.longestAskedMilliseconds))
        mode = .credentialFault(nextProbe: now + wait)
    }

    package mutating func pause(_ why: String, draining: Bool = false) {
        mode = draining ? .draining : .paused
        reason = why
        isCredentialRefused = false
    }

    /// Ends a pause as well as an open breaker; also called when a credential was reloaded. What was only paused sends at once, what was
    /// ill is probed at once.
    package mutating func resume() {
        isCredentialRefused = false
        switch mode {
        case .active, .halfOpen: return
        case .paused, .draining:
            mode = .active
            reason = ""
        case .open, .credentialFault: mode = .halfOpen
        }
        failuresInARow = 0
        openings = 0
    }

    /// An operator wants to know now: what the provider closed is probed at once. A pause stays, and so does a refused credential until
    /// something is accepted.
    package mutating func probe() {
        switch mode {
        case .open, .credentialFault: mode = .halfOpen
        case .active, .paused, .draining, .halfOpen: break
        }
    }

    private var mostFail: Bool { answersWeighed >= Self.answersWeighedMin && failureShare > Self.failureShareMax }

    private mutating func weigh(failure: Bool) {
        failureShare += ((failure ? 1 : 0) - failureShare) / 32
        answersWeighed = min(answersWeighed + 1, Self.answersWeighedMin)
    }

    private mutating func open(_ why: String, atLeast: Int64?, now: Int64, random: Double) {
        let asked = min(atLeast ?? 0, Self.longestAskedMilliseconds)
        if case .open(let until) = mode {
            // What was in flight comes back with the same word: one opening, not hundreds; only a longer wait that is asked for counts.
            mode = .open(until: max(until, now + asked))
            return
        }
        openings += 1
        let ceiling = min(1000 << Int64(min(openings, 6)), Self.longestOpenMilliseconds)
        mode = .open(until: now + max(Int64(Double(ceiling) * (0.5 + random / 2)), asked))
        reason = why
        failuresInARow = 0
        failureShare = 0
        answersWeighed = 0
    }
}
