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
    package func takeOut(
        _ deliveries: [LaneID: Set<DeliveryID>],
        as mark: SlotResult
    ) async throws(StoreError) -> Set<DeliveryID> {
        orders.begin()
        var underWay: Set<DeliveryID> = []
        for (id, own) in deliveries.sorted(by: { $0.key < $1.key }) {
            guard let lane = lanes[id] else { continue }
            underWay.formUnion(try await obeyed(.stop(orders.stop(own, as: mark)), by: lane))
        }
        try await recorder.barrier()
        orders.found(underWay: underWay)
        return underWay
    }

    /// What ``takeOut(_:as:)`` took out is gone from memory for good, or comes back when the commit failed.
    package func conclude(isCommitted: Bool) {
        let (word, released) = orders.conclude(isCommitted: isCommitted)
        plan.recorded(released)
        for id in lanes.keys { give(word, to: id) }
    }

    /// Gives an order and waits until the lane has obeyed it, so that what is read then is the state after it.
    ///
    /// - Returns: for a stop those under way.
    @discardableResult
    func obeyed(_ order: LaneOrder, by lane: Lane) async throws(StoreError) -> Set<DeliveryID> {
        let found: Set<DeliveryID>? = await withCheckedContinuation { continuation in
            let pending = Mutex<CheckedContinuation<Set<DeliveryID>?, Never>?>(continuation)
            let answer: @Sendable (Set<DeliveryID>?) -> Void = { found in
                pending.withLock { pending in
                    defer { pending = nil }
                    return pending
                }?.resume(returning: found)
            }
            lane.feed.mail.order(.rule(order), reply: answer)
            wake(lane)
            // Ends with the timeout at the latest; whoever answers first resumes the continuation.
            Task {
                do { try await Task.sleep(for: Self.obeyTimeout) } catch {}
                answer(nil)
            }
        }
        guard let found else { throw StoreError.failed("lane \(lane.definition.name) does not answer") }
        return found
    }

    /// Asks a lane that the provider closed at once. False: an operator paused it.
    package func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool {
        guard let known = lanes[lane], known.feed.mail.condition.isSendingAllowed else { return false }
        let order = InstantOperation(
            actor: actor,
            verb: "lane.probe",
            filter: "lane=\(known.definition.name)",
            why: why,
            changed: 1
        )
        try await queue.keep(order, now: time.now())
        if let lane = lanes[lane] { try await obeyed(.probe, by: lane) }
        return true
    }
}
