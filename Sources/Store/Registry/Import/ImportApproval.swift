package import Domain

/// A person's word on a held import.
package struct ImportApproval: Hashable, Sendable {
    package var id: ImportID
    /// Also when the difference is not the one that was held.
    package var isConfirmed: Bool
    package var actor: String

    package init(id: ImportID, isConfirmed: Bool, actor: String) {
        self.id = id
        self.isConfirmed = isConfirmed
        self.actor = actor
    }
}
