import Domain
import Providers

/// Orders of the operator and of the dispatcher.
extension LaneMachine {
    /// - Returns: for ``LaneOrder/stop(_:)`` those under way; they finish, and end as the order says unless they succeed.
    mutating func obey(_ order: LaneOrder, _ now: Moment, host: inout HostHealth) -> Set<DeliveryID> {
        noteClosed(now, host)
        switch order {
        case .pause(let why, let draining): lane.pause(why, draining: draining)
        case .resume:
            refusals.forget()
            lane.resume()
            host.state.resume()
            platform.state.resume()
        case .probe:
            lane.probe()
            host.state.probe()
        case .credentialRenewed: isRefreshing = false
        case .credentialFailed(let classification):
            isRefreshing = false
            react(to: classification, now, &host)
        case .reloaded(let bounds): reloaded(bounds)
        case .freeze: massGuard.freeze()
        case .thaw: massGuard.release()
        case .test(let number, let delivery, let until):
            guard tests.count < Self.testsMax else {
                endTest(number, .deferred(retryAfter: nil), .laneClosed)
                break
            }
            tests.append(Test(number: number, delivery: delivery, until: until))
        case .stop(let stop): return take(stop, now)
        case .concluded(let order, let isCommitted): conclude(order, isCommitted)
        }
        return []
    }

    private mutating func reloaded(_ renewed: LaneBounds) {
        isRefreshing = false
        refusals.forget()
        if lane.word == "credentialFault" { lane.resume() }
        platform.state.resume()
        if renewed.messagesPerMinute != bounds.messagesPerMinute {
            budget = renewed.messagesPerMinute.map(RateBudget.init(perMinute:))
        }
        if renewed.deviceMessagesPerMinute != bounds.deviceMessagesPerMinute {
            deviceRates = renewed.deviceMessagesPerMinute.map { DeviceRates(perMinute: $0) }
        }
        bounds = renewed
    }

    /// Takes deliveries out of what waits. Earlier orders have taken out theirs already, when they came or when the batch did.
    private mutating func take(_ stop: StopOrder, _ now: Moment) -> Set<DeliveryID> {
        stopped.add(stop, now: now.monotonic)
        let concerns: (LoadedDelivery) -> Bool = { delivery in
            stop.deliveries.contains(delivery.id) || delivery.announces.contains(where: stop.deliveries.contains)
        }
        let removed = ready.remove(where: concerns) + platform.parked.remove(where: concerns)
        takenOut[stop.order] = removed.filter { stop.deliveries.contains($0.id) }
        recounted[stop.order] = removed.filter { !stop.deliveries.contains($0.id) }
        return mark(stop, now)
    }

    private mutating func conclude(_ order: Int, _ isCommitted: Bool) {
        let removed = takenOut.removeValue(forKey: order) ?? []
        // On the disk or not, how many they announce is read anew.
        stale += recounted.removeValue(forKey: order) ?? []
        guard !isCommitted else { return }
        stopped.remove(order: order)
        unmark(order: order)
        ready.putFirst(removed)
    }
}
