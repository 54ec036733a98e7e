package import Domain

/// Whether an export says everything or only what changed.
package enum AAFMode: Hashable, Sendable {
    case complete
    case delta
}

/// One request of an AAF file, in our terms.
package struct AAFOperation: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Replaces the whole record of that key, or makes it.
        case add(DirectoryRecord)
        /// Replaces what is named and leaves the rest; only in a delta.
        case modify(key: String, RecordChange)
        /// Only in a delta.
        case remove(AAFCategory, key: String)
    }
    package var action: Action
    /// Where the request begins, for warnings.
    package var file: String
    package var line: Int
    /// The day the file was made by its own word (`dateGenerationExport`): new classes of a delta begin on it.
    package var day: CalendarDay?
}
