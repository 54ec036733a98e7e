package import Domain

/// What the applied imports behind one up to another changed in a feed, summed up: what came and went again is no change.
package struct FeedDifference: Hashable, Sendable {
    package var feed: String
    /// As the directory was after this import.
    package var from: ImportID
    package var to: ImportID
    /// Only of kinds that changed.
    package var changes: [DirectoryChange.Kind: Changes] = [:]
    /// Imports that changed too much to be remembered in single records, or nothing.
    package var incomplete: [ImportID] = []

    /// Keys of records, as the feed writes them; of a relation or membership both, in no order.
    package struct Changes: Hashable, Sendable {
        package var added: [String] = []
        package var changed: [String] = []
        package var removed: [String] = []
    }
}
