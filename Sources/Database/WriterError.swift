/// Why the writer did not run a job, as opposed to what the job or SQLite threw.
package enum WriterError: Error, Equatable, Sendable {
    /// The queue is at its limit: answer 503 or 429, try later. The job was not and will not be run.
    case overloaded
    /// `stop()` was called before the job was submitted.
    case stopped
    /// A fatal error ended the writer; the job was not committed.
    case failStopped(reason: String)
}
