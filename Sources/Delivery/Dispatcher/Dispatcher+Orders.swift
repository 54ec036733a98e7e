package import Domain
import Providers
package import Store
import Synchronization

/// Operator's orders about deliveries that may be loaded: first the lanes give them up, then the order is committed, then the lanes are
/// told its fate. One order at a time.
extension Dispatcher {
    /// A lane that does not answer for so long is not obeyed.
    private static let obeyTimeout = Duration.seconds(5)

    /// Takes deliveries out of the lanes' memory: from here on nothing of them is begun. Those under way finish: accepted stays accepted,
    /// what does not succeed ends as `mark` says instead of being tried again.
    ///
    /// - Returns: those under way; whatever finished before is on the disk. Follow with ``conclude(isCommitted:)``, also when this throws.
    package func bar(
        _ deliveries: [LaneID: Set<DeliveryID>],
        as mark: SlotResult
    ) async throws(StoreError) -> Set<DeliveryID> {
        ordersGiven += 1
        barred = []
        var underWay: Set<DeliveryID> = []
        for (id, own) in deliveries.sorted(by: { $0.key < $1.key }) {
            guard let lane = lanes[id] else { continue }
            barred.formUnion(own)
            let bar = StopOrder(order: ordersGiven, deliveries: own, mark: mark)
            guard let found = await ask(lane, bar) else {
                throw StoreError.failed("lane \(lane.definition.name) does not answer")
            }
            underWay.formUnion(found)
        }
        try await recorder.barrier()
        barred.subtract(underWay)
        return underWay
    }

    /// What ``bar(_:as:)`` took out is gone from memory for good, or comes back when the commit failed.
    package func conclude(isCommitted: Bool) {
        if isCommitted {
            ordersConcluded = ordersGiven
            // A released delivery has a new row, and is loaded again.
            for id in lanes.keys { lanes[id]?.claimedRetries.subtract(barred) }
        }
        for id in lanes.keys { give(.concluded(order: ordersGiven, isCommitted: isCommitted), to: id) }
        barred = []
    }

    /// nil: no answer in time.
    private func ask(_ lane: Lane, _ bar: StopOrder) async -> Set<DeliveryID>? {
        await withCheckedContinuation { continuation in
            let pending = Mutex<CheckedContinuation<Set<DeliveryID>?, Never>?>(continuation)
            let answer: @Sendable (Set<DeliveryID>?) -> Void = { found in
                pending.withLock { pending in
                    defer { pending = nil }
                    return pending
                }?.resume(returning: found)
            }
            lane.feed.mail.order(.rule(.stop(bar)), reply: answer)
            wake(lane)
            // Ends with the timeout at the latest; whoever answers first resumes the continuation.
            Task {
                do { try await Task.sleep(for: Self.obeyTimeout) } catch {}
                answer(nil)
            }
        }
    }

    /// Asks a lane that the provider closed at once. False: an operator paused it.
    package func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool {
        guard let known = lanes[lane], known.feed.mail.condition.isSendingAllowed else { return false }
        let order = InstantOrder(
            actor: actor,
            verb: "lane.probe",
            filter: "lane=\(lane.rawValue)",
            why: why,
            changed: 1
        )
        try await queue.keep(order, now: time.now())
        give(.probe, to: lane)
        return true
    }
}
