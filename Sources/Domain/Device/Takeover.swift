/// What a registration makes of the devices that it meets: rows with the same installation, target or Firebase installation.
///
/// Knowing a name is no proof. Who brings the same *target*, which only the phone and the provider know, holds the phone in the hand: a shared
/// phone, one parent after the other, moves at once, also to an app that was installed anew. Whoever brings only the installation, or only the
/// Firebase id before a token's colon, waits unproven beside the other account's device, until the provider accepts something for the newcomer.
package struct Takeover: Hashable, Sendable {
    /// A row that is met.
    package struct Claim: Hashable, Sendable {
        package var device: DeviceID
        package var isOwn: Bool
        package var sharesInstallation: Bool
        package var sharesTarget: Bool
        /// False: it waits itself for a provider's word, so it holds nothing against others.
        package var isProven: Bool
        /// The provider proved its target gone, or an operator ended it: nothing is lost with it.
        package var isDisabled: Bool

        package init(
            device: DeviceID,
            isOwn: Bool,
            sharesInstallation: Bool,
            sharesTarget: Bool,
            isProven: Bool,
            isDisabled: Bool
        ) {
            self.device = device
            self.isOwn = isOwn
            self.sharesInstallation = sharesInstallation
            self.sharesTarget = sharesTarget
            self.isProven = isProven
            self.isDisabled = isDisabled
        }
    }

    /// The row that becomes the registered device; nil: a new one.
    package let kept: DeviceID?
    /// Rows that go at once.
    package let removed: [DeviceID]
    package let isProven: Bool

    /// `claims`: each shares at least one of the three with the registration.
    package init(_ claims: [Claim]) {
        let own = claims.first { $0.isOwn && $0.sharesInstallation }
        let moved = claims.filter { !$0.isOwn && $0.sharesTarget }
        let kept = own ?? moved.first(where: \.sharesInstallation)
        let rivals = claims.filter { claim in
            !claim.isOwn && claim.isProven && !claim.isDisabled && !moved.contains(claim)
        }
        self.kept = kept?.device
        // Of one account the newer takes the older's place: token and id of one Firebase installation are never valid together.
        removed = claims.filter { claim in
            claim.device != kept?.device && (claim.isOwn || moved.contains(claim) || claim.isDisabled)
        }.map(\.device)
        let stays = own.map { $0.isProven && $0.sharesTarget && !$0.isDisabled } ?? false
        isProven = stays || rivals.isEmpty
    }
}
