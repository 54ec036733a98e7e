package import Domain

/// A person as the registry knows him or her; names stay inside the registry.
package struct StoredPerson: Hashable, Sendable {
    package var id: PersonID
    package var kind: PersonKind
    /// The feed's key.
    package var key: String?
    /// The account that was asked for, else the oldest; there may be more (``RegistryReader/accounts(of:)``).
    package var entID: String?
    /// Number of the feed whose key it is; 0 for a person of no feed.
    package var feed: Int64

    /// The name the outside knows: the ENT's user id, else the feed's key.
    package var publicID: String { entID ?? key ?? "" }
}
