import Domain
import Providers

/// The platform behind another credential: parked, probed, and released together.
extension LaneMachine {
    /// A parked delivery whose turn it is to probe. One whose address is old is looked up first, it alone.
    mutating func parkedProbe(_ now: Moment) -> LoadedDelivery? {
        guard !platform.state.isActive, !platform.parked.isEmpty, platform.permits(now: now.monotonic) else {
            return nil
        }
        while let delivery = platform.parked.first {
            if freshness.isStale(delivery, now: now.monotonic), delivery.event.expiresAt > now.wall {
                guard platform.isLookUpDue(now: now.monotonic) else { return nil }
                platform.lookUpAskedAt = now.monotonic
                stale.append(platform.parked.removeFirst())
                return nil
            }
            platform.parked.removeFirst()
            if mayBegin(delivery, now) { return delivery }
        }
        return nil
    }

    /// True when the delivery has to wait for its platform's credential; it is kept then.
    mutating func parks(_ delivery: LoadedDelivery, _ now: Moment) -> Bool {
        guard !platform.state.isActive, platform.concerns(delivery) else { return false }
        if platform.permits(now: now.monotonic) {
            platform.lookUpAskedAt = nil
            return false
        }
        park(delivery, now.wall)
        return true
    }

    /// The provider refused the platform's credential for this delivery.
    mutating func platformFailed(_ flight: Flight, _ classification: Classification, _ now: Moment) {
        let delivery = flight.delivery
        let before = platform.state.word
        let why = "\(classification.status) \(classification.reason)"
        lastError = why
        if platform.concerns(delivery) {
            platform.state.credentialRefused(why, now: now.monotonic)
            if let ending = flight.ending { end(delivery, ending) } else { park(delivery, now.wall) }
        } else {
            // The app did not say what it runs on: only this one waits.
            if let ending = flight.ending { return end(delivery, ending) }
            hold(delivery, now.wall, PlatformPart.waitOfRest)
        }
        if platform.state.word != before { actions.append(.conditionChanged) }
    }

    /// The provider took something for this platform.
    mutating func platformAccepted(_ delivery: LoadedDelivery) {
        guard !platform.state.isActive, platform.concerns(delivery) else { return }
        platform.state.answered()
        guard platform.state.isActive else { return }
        ready.putFirst(platform.parked)
        platform.parked = []
        actions.append(.conditionChanged)
    }

    private mutating func park(_ delivery: LoadedDelivery, _ now: Instant) {
        if platform.parked.count < PlatformPart.parkedMax {
            platform.parked.append(delivery)
        } else {
            hold(delivery, now, PlatformPart.waitOfRest)
        }
    }
}
