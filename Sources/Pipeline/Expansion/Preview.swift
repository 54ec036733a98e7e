package import Domain
import Store

/// A publication that passed everything a real one has to pass, and is not stored.
package struct Preview: Sendable {
    /// nil: nobody's rights are looked at (the operator asks).
    package var publisher: String?
    package var publication: Publication
    package var dataClass: DataClass
    package var at: Instant
    package var expiresAt: Instant
    package var unresolved: [AudienceMember]
    package var warnings: [ReceiptWarning]

    package init(
        publisher: String?,
        publication: Publication,
        dataClass: DataClass,
        at: Instant,
        expiresAt: Instant,
        unresolved: [AudienceMember],
        warnings: [ReceiptWarning] = []
    ) {
        self.publisher = publisher
        self.publication = publication
        self.dataClass = dataClass
        self.at = at
        self.expiresAt = expiresAt
        self.unresolved = unresolved
        self.warnings = warnings
    }
}
