import Database
import Domain

/// Makes what was deleted unfindable in a store's files: free pages go back to the disk, and the log of changes is emptied.
///
/// A mark in `meta` outlives a crash in between, so that the next start ends what was begun.
enum ErasurePass {
    static let mark = "erasing"
    /// A megabyte: a few milliseconds of the writer.
    private static let pagesPerSlice = 256
    /// A reader holds its snapshot for seconds at most.
    private static let logAttempts = 300

    static func run(_ writer: any SessionWriter) async throws(StoreError) {
        repeat {} while try await writer.run(.normal, { try $0.releaseFreePages(pagesPerSlice) }) > 0
        for _ in 0..<logAttempts {
            try await writer.run(.full) { $0.emptyLogAfterCommit() }
            if try await writer.run(.normal, lingers: false, { $0.wasLogEmptied }) {
                return try await writer.run(.full) { try $0.run("DELETE FROM meta WHERE name = ?", mark) }
            }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw .stopped }
        }
        throw .overloaded
    }

    static func isDue(_ writer: any SessionWriter) async throws(StoreError) -> Bool {
        try await writer.run(.normal) { session in
            try session.first("SELECT 1 FROM meta WHERE name = ?", mark) { _ in true } ?? false
        }
    }
}

extension Registry {
    static func mark(_ connection: any Session) throws {
        try connection.run("INSERT INTO meta(name, value) VALUES (?, 1) ON CONFLICT(name) DO NOTHING", ErasurePass.mark)
    }

    /// Returns when nothing that was deleted is left in the files.
    package func endErasure() async throws(StoreError) { try await ErasurePass.run(writer) }

    /// Whether an erasure was begun and not ended.
    package func isErasing() async throws(StoreError) -> Bool { try await ErasurePass.isDue(writer) }
}

extension QueueStore {
    /// Returns when nothing that was deleted is left in the files.
    package func endErasure() async throws(StoreError) { try await ErasurePass.run(writer) }
}
