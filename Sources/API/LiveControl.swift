package import Contract
import Delivery
package import Domain
package import Store

/// What needs connections, or the services' clock.
package protocol LiveControl: Sendable {
    /// Asks a closed lane at once; false when an operator paused it.
    func probe(_ lane: LaneID, actor: String, why: String) async throws(StoreError) -> Bool
    /// Rings an installation of an account; nil when the account has no such installation.
    func test(_ account: Account, installation: String) async throws(StoreError) -> TestOutcomeView?
    /// The clock as the services see it.
    func clock() -> ClockReport
    /// Believes the wall clock from now on; false when nobody doubts it.
    func acceptClock() -> Bool
}
