import Domain
import Providers
import Store

/// The part of a Firebase project that rings phones through another provider's credential (the APNs key stored in the project): when
/// that is refused, iPhones and browsers wait and are probed, Android goes on. On the lane's thread.
struct PlatformPart {
    /// What waits in memory; beyond it deliveries get a retry row.
    static let parkedMax = 4000
    static let waitOfRest = Duration.seconds(300)

    var state = LaneState()
    var parked: [LoadedDelivery] = []
    /// The one delivery that finds out whether the credential works again.
    var probe: DeliveryID?

    static func concerns(_ delivery: LoadedDelivery) -> Bool {
        switch delivery.platform {
        case .ios, .web: true
        case .android, nil: false
        }
    }
}

extension LaneFeed {
    /// A parked delivery whose turn it is to probe; drops what has expired meanwhile.
    func takeProbe(_ now: Int64) -> LoadedDelivery? {
        guard !platformPart.parked.isEmpty,
            platformPart.state.permits(inFlight: platformPart.probe == nil ? 0 : 1, now: now)
        else { return nil }
        let today = time.now()
        for delivery in platformPart.parked where delivery.event.expiresAt <= today {
            end(delivery, SlotResult(.expired, reason: .expired))
        }
        platformPart.parked.removeAll { $0.event.expiresAt <= today }
        guard !platformPart.parked.isEmpty else { return nil }
        let delivery = platformPart.parked.removeFirst()
        platformPart.probe = delivery.id
        return delivery
    }

    /// True when the delivery has to wait for its platform's credential; it is kept then.
    func parks(_ delivery: LoadedDelivery, _ now: Instant) -> Bool {
        guard !platformPart.state.isActive, PlatformPart.concerns(delivery), delivery.id != platformPart.probe else {
            return false
        }
        park(delivery, now)
        return true
    }

    /// The provider refused the platform's credential for this delivery.
    func platformFailed(_ flight: InFlight, _ classification: Classification, _ now: Instant) {
        let delivery = flight.delivery
        let before = platformPart.state.word
        lastError = "\(classification.status) \(classification.reason)"
        if platformPart.probe == delivery.id { platformPart.probe = nil }
        if PlatformPart.concerns(delivery) {
            platformPart.state.credentialRefused(lastError ?? "", now: time.monotonic())
            if let ending = flight.ending { end(delivery, ending) } else { park(delivery, now) }
        } else {
            // The app did not say what it runs on: only this one waits.
            if let ending = flight.ending { return end(delivery, ending) }
            hold(delivery, now, PlatformPart.waitOfRest)
        }
        if platformPart.state.word != before { signal(.conditionChanged) }
    }

    /// The provider took something for this platform.
    func platformAccepted(_ delivery: LoadedDelivery) {
        guard !platformPart.state.isActive, PlatformPart.concerns(delivery) else { return }
        platformPart.probe = nil
        platformPart.state.answered()
        guard platformPart.state.isActive else { return }
        stock.putFirst(platformPart.parked)
        platformPart.parked = []
        signal(.conditionChanged)
    }

    /// The probe came back with an answer that says nothing of the credential.
    func probeLanded(_ delivery: LoadedDelivery) {
        if platformPart.probe == delivery.id { platformPart.probe = nil }
    }

    private func park(_ delivery: LoadedDelivery, _ now: Instant) {
        if platformPart.parked.count < PlatformPart.parkedMax {
            platformPart.parked.append(delivery)
        } else {
            hold(delivery, now, PlatformPart.waitOfRest)
        }
    }
}
