import Domain
import FanOut
import Providers
import Testing

@testable import Delivery

/// What a lane is told of an answer that refuses its credential, by the way its provider renews it.
struct WireAdviceTests {
    private final class FakeWire: Wire, Sendable {
        let renewal: CredentialRenewal
        let helps: Bool

        init(_ renewal: CredentialRenewal, helps: Bool) {
            self.renewal = renewal
            self.helps = helps
        }

        func write(
            _ push: Push,
            to request: RequestBuffer,
            on connection: ConnectionInfo,
            now: Instant,
            scratch: inout [UInt8]
        ) throws -> UsedCredential? { nil }

        func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
            Classification(.accepted, status: status, reason: "")
        }

        func expire(_ credential: UsedCredential, now: Instant) -> Bool { helps }
        func revert(_ connection: ConnectionID, rejected: UsedCredential, now: Instant) -> Bool { helps }
    }

    @Test(
        arguments: [
            (.renewCredential, .fetched, true, .refresh), (.renewCredential, .minted, true, .replaced),
            (.renewCredential, .minted, false, .hopeless), (.renewCredential, .never, false, .replaced),
            (.revertCredential, .minted, true, .reverted), (.revertCredential, .minted, false, .replaced),
            (.revertCredential, .never, false, .replaced), (.keep, .minted, true, .none),
            (.retire, .fetched, true, .none),
        ] as [(Verdict.ConnectionAdvice, CredentialRenewal, Bool, CredentialAdvice)]
    )
    func `each way of renewing has its advice`(
        wish: Verdict.ConnectionAdvice,
        renewal: CredentialRenewal,
        helps: Bool,
        expected: CredentialAdvice
    ) {
        let wire = FakeWire(renewal, helps: helps)
        let advice = wire.advice(wish, UsedCredential(number: 1), ConnectionID(1), now: LoadedDelivery.wallStart)
        #expect(advice == expected)
    }
}
