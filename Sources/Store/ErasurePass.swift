import Database
import Domain

/// Makes what was deleted unfindable in a store's files.
///
/// A mark in `meta` outlives a crash in between, so that the next start ends what was begun.
enum ErasurePass {
    static let mark = "erasing"

    static func run(_ writer: any SessionWriter) async throws(StoreError) {
        do { try await writer.removeTraces() } catch { throw StoreError(error) }
        try await writer.run(.full) { try $0.run("DELETE FROM meta WHERE name = ?", mark) }
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
