/// What an export speaks of, and with that what is removed when it is silent.
package enum ImportScope: Hashable, Sendable {
    /// Everything of its feed: a complete export.
    case feed
    /// Everything of one school of its feed, by the school's key.
    case school(String)
    /// What its changes name: a delta.
    case changes
}
