/// How far an import has come.
package struct ImportProgress: Hashable, Sendable {
    package enum Step: String, Hashable, Sendable {
        /// Read and put on the stage, side by side.
        case reading
        /// Compared with the directory and applied, in one transaction.
        case applying
    }

    package var step: Step
    /// Of the export's files, read so far.
    package var bytes: Int
    /// nil: how many there are is not known.
    package var bytesTotal: Int?
    /// Records.
    package var read: Int
    package var staged: Int

    package init(step: Step = .reading, bytes: Int = 0, bytesTotal: Int? = nil, read: Int = 0, staged: Int = 0) {
        self.step = step
        self.bytes = bytes
        self.bytesTotal = bytesTotal
        self.read = read
        self.staged = staged
    }
}
