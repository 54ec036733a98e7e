import Database

/// What was deleted leaves the files: free pages go back to the disk, and the log of changes is emptied.
extension Writer {
    /// A megabyte: a few milliseconds of the writer.
    private static let pagesPerSlice = 256
    /// A reader holds its snapshot for seconds at most.
    private static let logAttempts = 300

    package func removeTraces() async throws {
        repeat {} while try await slice(.normal, lingers: true, { try $0.releaseFreePages(Self.pagesPerSlice) }) > 0
        for _ in 0..<Self.logAttempts {
            try await slice(.full) { $0.logState = .wanted }
            if try await slice(.normal, { $0.logState == .emptied }) { return }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw WriterError.stopped }
        }
        throw WriterError.overloaded
    }

    /// A job that knows this engine.
    private func slice<T: Sendable>(
        _ durability: Durability,
        lingers: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do throws(WriterError) {
                try add(durability, lingers: lingers, bytes: 0, isIsolated: true, own: body) {
                    continuation.resume(with: $0)
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
