import Database

/// The store as a file: what `doctor` and `check store` look at.
package struct StoreHealth: Sendable {
    package var schema: Int
    package var pages: Int
    package var freePages: Int
    package var pageBytes: Int
    package var epoch: Int64?
    /// The library's version.
    package var sqlite: String
}

extension QueueReader {
    /// A few pragmas.
    package func health() throws -> StoreHealth {
        func number(_ pragma: String) throws -> Int {
            try connection.first("PRAGMA \(pragma)") { $0.int(0) } ?? 0
        }
        return StoreHealth(
            schema: try number("user_version"),
            pages: try number("page_count"),
            freePages: try number("freelist_count"),
            pageBytes: try number("page_size"),
            epoch: try connection.first("SELECT value FROM meta WHERE name = 'epoch'") { $0.int64(0) },
            sqlite: try connection.first("SELECT sqlite_version()") { $0.text(0) } ?? ""
        )
    }

    /// A quick look of the engine itself; nil when `limit` passed first.
    package func quickCheck(limit: Duration) throws -> [String]? { try connection.ownFindings(limit: limit) }

    /// The newest schema this release knows.
    package static var schemaKnown: Int { QueueSchema.migrations.count }
}

extension QueueStore {
    /// Bytes of the file that are free to be used again before it grows. Reads its header.
    package func reusableBytes() async throws(StoreError) -> Int64 {
        try await writer.run(.normal) { connection in
            (try connection.first("PRAGMA freelist_count") { $0.int64(0) } ?? 0) * 4096
        }
    }
}

extension RegistryReader {
    /// A quick look of the engine itself; nil when `limit` passed first.
    package func quickCheck(limit: Duration) throws -> [String]? { try connection.ownFindings(limit: limit) }
}
