import Domain
import FanOut
import Providers
import TestSupport
import Testing

@testable import Delivery

/// What a lane is told of an answer that refuses its credential, by the way its provider renews it.
struct WireAdviceTests {
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
        hasAnother: Bool,
        expected: CredentialAdvice
    ) {
        let wire = QuietWire(renewal: renewal, hasAnother: hasAnother)
        let advice = wire.advice(wish, UsedCredential(number: 1), ConnectionID(1), now: LoadedDelivery.wallStart)
        #expect(advice == expected)
    }
}
