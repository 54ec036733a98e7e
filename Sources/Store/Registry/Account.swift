import Domain

/// The account a parent proved to own: the ENT's user id and, when the ENT tells it, the feed's key.
package struct Account: Hashable, Sendable {
    package var userID: String
    package var externalKey: String?

    package init(userID: String, externalKey: String?) {
        self.userID = userID.trimmedIdentifier
        self.externalKey = externalKey?.trimmedIdentifier
    }
}
