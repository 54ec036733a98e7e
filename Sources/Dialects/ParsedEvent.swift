package import Domain

/// One event of a request, read and checked as far as its own text goes; schools and rights are the caller's to check.
package struct ParsedEvent: Hashable, Sendable {
    package var publication: Publication
    package var identity: EventIdentity
    /// What "the same body" compares (hash it with SHA-256): the body, the bytes of the batch's element, or in binary mode the
    /// attributes and the body.
    package var hashedBytes: [UInt8]
    /// What its own text is warned of in the receipt.
    package var warnings: [ReceiptWarning]

    package init(
        publication: Publication,
        identity: EventIdentity,
        hashedBytes: [UInt8],
        warnings: [ReceiptWarning] = []
    ) {
        self.publication = publication
        self.identity = identity
        self.hashedBytes = hashedBytes
        self.warnings = warnings
    }
}
