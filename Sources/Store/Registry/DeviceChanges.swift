package import Domain
import Synchronization

/// Who is told of devices whose owner, address or state has changed: after the commit, and before the change is answered, so that nothing
/// begins for the former owner of a phone once its sign-out was answered.
package final class DeviceChanges: Sendable {
    package typealias Observer = @Sendable ([DeviceID]) async -> Void

    private let observer = Mutex<Observer?>(nil)

    /// One observer, from now on.
    package func observe(_ tell: @escaping Observer) { observer.withLock { $0 = tell } }

    func tell(_ devices: [DeviceID]) async {
        guard !devices.isEmpty, let tell = observer.withLock({ $0 }) else { return }
        await tell(devices)
    }
}
