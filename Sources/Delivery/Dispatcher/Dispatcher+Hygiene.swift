package import Domain
import Logging
import Providers
package import Store

/// What the mass guard held, and a person's decision about it.
extension Dispatcher {
    /// The mass guard tripped: what this lane changed in the guard's span is undone and held for a person.
    func freeze(_ lane: Lane, since: Int64, _ group: inout DiscardingTaskGroup) {
        let name = lane.definition.name
        let now = time.now()
        frozen[name] = now
        let age = Duration.milliseconds(time.monotonic() - since)
        group.addTask { [registry, logger] in
            do {
                let restored = try await registry.freeze(
                    lane: name,
                    since: now - age,
                    now: now
                )
                logger.error(
                    "too many targets are called bad: removals are frozen, look at the lane's credential, topic and environment",
                    metadata: ["lane": "\(name)", "restored": "\(restored)"]
                )
            } catch {
                logger.error("removals not frozen", metadata: ["lane": "\(name)", "error": "\(error)"])
            }
        }
    }

    /// An operator has looked at what the mass guard held: it is applied, or forgotten. nil: the lane is not frozen.
    package func thaw(_ id: LaneID, applying: Bool, actor: String, why: String) async throws(StoreError) -> (
        held: Int, changed: Int
    )? {
        guard let lane = lanes[id], lane.feed.mail.condition.isFrozen || frozen[lane.definition.name] != nil else {
            return nil
        }
        let name = lane.definition.name
        let result = try await registry.thaw(lane: name, applying: applying, now: time.now())
        let order = InstantOperation.removals(
            applied: applying,
            on: name,
            actor: actor,
            why: why,
            changed: result.changed
        )
        try await queue.keep(order, now: time.now())
        frozen[name] = nil
        give(.thaw, to: id)
        logger.notice(
            "removals thawed",
            metadata: [
                "lane": "\(name)", "actor": "\(actor)", "why": "\(why)", "applied": "\(applying)",
                "held": "\(result.held)",
                "changed": "\(result.changed)",
            ]
        )
        return result
    }
}
