package import Domain
import FanOut
import Providers
package import Store
import Synchronization

extension Dispatcher {
    /// How long a parent who tries the bell waits for the provider's word.
    private static let testTimeout = Duration.seconds(15)
    /// Within which a test has to be on its way; after it nothing rings.
    private static let beginMilliseconds: Int64 = 5_000

    /// Rings one installation of an account with a test notification, outside the queue.
    ///
    /// Returns the provider's word; nil when the account has no such installation. A lane that is closed or does not answer in time says
    /// `deferred`; nothing is tried again.
    package func test(_ account: Account, installation: String) async throws(StoreError) -> Classification? {
        guard let device = try device(installation, of: account) else { return nil }
        if let authority = device.host {
            let service = LaneKey(provider: device.provider, environment: nil, app: authority)
            do { _ = try await openLane(of: service) } catch { throw StoreError(error) }
        }
        guard let lane = lanes.values.first(where: { $0.serves(device) }) else { return nil }
        let delivery: LoadedDelivery?
        let now = Moment(wall: time.now(), monotonic: time.monotonic())
        do { delivery = try loader.test(device, on: lane.definition.provider, now) } catch { throw StoreError(error) }
        guard let delivery else { return nil }
        return await withCheckedContinuation { continuation in
            let pending = Mutex<CheckedContinuation<Classification, Never>?>(continuation)
            let answer: @Sendable (Classification) -> Void = { classification in
                pending.withLock { pending in
                    defer { pending = nil }
                    return pending
                }?.resume(returning: classification)
            }
            testsGiven += 1
            lane.feed.mail.order(
                .test(testsGiven, delivery, until: time.monotonic() + Self.beginMilliseconds, answer: answer)
            )
            wake(lane)
            // Ends with the timeout at the latest; whoever answers first resumes the continuation.
            Task {
                do { try await Task.sleep(for: Self.testTimeout) } catch {}
                answer(Classification(.deferred(retryAfter: nil), status: 0, reason: Reason.laneClosed.word))
            }
        }
    }

    private func device(_ installation: String, of account: Account) throws(StoreError) -> DeviceRow? {
        do {
            return try loader.registry.device(installation: installation, of: account.userID)
        } catch { throw StoreError(error) }
    }
}

extension Dispatcher.Lane {
    fileprivate func serves(_ device: DeviceRow) -> Bool {
        definition.key.serves(
            provider: device.provider,
            environment: device.environment,
            app: device.app,
            authority: device.host
        )
    }
}
