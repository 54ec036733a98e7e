import Database

/// Why the store did not do it, named by what the caller can do.
package enum StoreError: Error, Hashable, Sendable {
    /// Another process works on the store; nil when it has not said which. The text says where.
    case inUse(String, pid: Int32?)
    /// The process cannot take the store for itself: a full or read-only disk.
    case unusable(String)
    /// No space for what is new; what is already accepted still moves. Answer 503, try again later.
    case full
    /// Little space left: kept for what is small and urgent. Answer 503 to bulk, try again later.
    case scarce
    /// Too much waits for its commit. Answer 503, try again later.
    case overloaded
    /// The directory is not any more what an import was compared with; nothing happened, the import is begun anew.
    case outdated
    /// The gateway is stopping.
    case stopped
    /// The store cannot be trusted any more; the process is about to end (exit code 70).
    case failStopped(String)
    /// Bytes in the store that cannot be read.
    case damaged(String)
    /// Anything else the database said: a defect.
    case failed(String)

    /// Sorts what the writer or a reader threw.
    package init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case WriterError.overloaded: self = .overloaded
        case WriterError.stopped: self = .stopped
        case WriterError.failStopped(let reason): self = .failStopped(reason)
        case let error as any DatabaseError:
            self =
                switch error.fault {
                case .full: .full
                case .fatal, .damage: .failStopped("\(error)")
                case .constraint, .timeLimit, .other: .failed("\(error)")
                }
        case let error where UnreadableRowError.Cause(error) != nil: self = .damaged("\(error)")
        default: self = .failed("\(error)")
        }
    }
}

extension StoreError {
    /// In words, for a person.
    package var sentence: String {
        switch self {
        case .full: "no space left on the disk"
        case .scarce: "little space left on the disk"
        case .overloaded: "too much waits for its commit"
        case .outdated: "the directory changed while the import was planned"
        case .stopped: "it is closing"
        case .inUse(let reason, _), .unusable(let reason), .failStopped(let reason), .damaged(let reason),
            .failed(let reason):
            reason
        }
    }
}

extension SessionWriter {
    /// ``SessionWriter/perform(_:lingers:bytes:isIsolated:_:)`` with the store's own errors.
    @discardableResult
    func run<T: Sendable>(
        _ durability: Durability,
        lingers: Bool = true,
        bytes: Int = 0,
        isIsolated: Bool = true,
        _ body: @escaping @Sendable (any Session) throws -> T
    ) async throws(StoreError) -> T {
        do {
            return try await perform(durability, lingers: lingers, bytes: bytes, isIsolated: isIsolated, body)
        } catch {
            throw StoreError(error)
        }
    }
}
