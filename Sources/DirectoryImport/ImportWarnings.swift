package import Domain

/// The warnings of one import: all are counted, the first ones are kept.
package struct ImportWarnings: Hashable, Sendable {
    /// In the order of the export, at most `limit`.
    package private(set) var kept: [ImportWarning] = []
    /// How many there were, kept or not.
    package private(set) var total = 0
    private let limit: Int

    /// - Parameter limit: ``Limits/importWarningsMax``.
    package init(limit: Int) {
        precondition(limit >= 0, "A limit is never negative")
        self.limit = limit
    }

    package mutating func add(_ warning: ImportWarning) {
        total += 1
        if kept.count < limit { kept.append(warning) }
    }

    package mutating func add(_ others: ImportWarnings) {
        total += others.total
        kept += others.kept.prefix(max(0, limit - kept.count))
    }
}
