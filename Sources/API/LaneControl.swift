package import Delivery
package import Domain
package import Store

/// The lanes and an operator's orders about them: of the dispatcher, or of the store while nobody sends.
package protocol LaneControl: Sendable {
    func statuses() async throws(StoreError) -> [LaneStatus]
    /// `until`: when it resumes by itself. `draining`: what is loaded is sent first.
    func pause(
        _ lane: LaneID,
        actor: String,
        why: String,
        until: Instant?,
        draining: Bool
    ) async throws(StoreError)
    func resume(_ lane: LaneID, actor: String, why: String) async throws(StoreError)
    /// Applies or forgets what the mass guard held of a lane; nil when its removals are not frozen.
    func thaw(
        _ id: LaneID,
        applying: Bool,
        actor: String,
        why: String
    ) async throws(StoreError) -> (held: Int, changed: Int)?
}
