package import Domain

/// Which import brought a record, and when; members of the record's own view.
package struct OriginView: Hashable, Sendable {
    /// `I-…`
    package var importID: String?
    package var at: Instant?

    package init() {}
}
