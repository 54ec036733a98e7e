import Domain
import Testing

@testable import Delivery

/// What a lane remembers of refused credentials.
struct CredentialRefusalsTests {
    private var refusals = CredentialRefusals()

    private static func owner(_ number: Int64) -> PersonID { PersonID(rawValue: number) }

    @Test mutating func `a credential is one refusal however often it is refused, until something is accepted`() {
        #expect(refusals.isEmpty && !refusals.contains(1))
        refusals.refused(1)
        refusals.refused(1)
        #expect(!refusals.isEmpty && refusals.contains(1) && !refusals.contains(2))
        refusals.forget()
        #expect(refusals.isEmpty && !refusals.contains(1))
    }

    @Test mutating func `beyond sixteen credentials the count begins anew`() {
        for credential in 1...UInt64(CredentialRefusals.credentialsMax) { refusals.refused(credential) }
        #expect(refusals.contains(1))
        refusals.refused(99)
        #expect(refusals.contains(99) && !refusals.contains(1))
    }

    @Test mutating func `an owner accuses once, and for a quarter of an hour`() {
        let counts = [(1, 0), (1, 5), (2, 10)].map { refusals.accused(by: Self.owner($0.0), now: $0.1) }
        #expect(counts == [1, 1, 2])
        let end = 5 + CredentialRefusals.accuserMilliseconds
        #expect(refusals.isAccuser(Self.owner(1), now: end - 1) && !refusals.isAccuser(Self.owner(1), now: end))
        #expect(!refusals.isAccuser(Self.owner(3), now: 10))
        // The first has been forgotten by then.
        let later = refusals.accused(by: Self.owner(3), now: end)
        #expect(later == 2)
        refusals.forget()
        #expect(!refusals.isAccuser(Self.owner(3), now: end))
    }

    @Test mutating func `no more accusers are remembered than a bound, and those stay`() {
        for number in 1...100 { _ = refusals.accused(by: Self.owner(Int64(number)), now: 0) }
        let most = refusals.accused(by: Self.owner(200), now: 1)
        #expect(most == CredentialRefusals.accusersMax)
        #expect(refusals.isAccuser(Self.owner(1), now: 1) && !refusals.isAccuser(Self.owner(200), now: 1))
    }
}
