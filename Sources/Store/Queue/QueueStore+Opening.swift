import Database
import Domain

extension QueueStore {
    /// What a store is opened with: its epoch, moved by one, its key, and where its numbers go on.
    struct Opening: Sendable {
        var epoch: Int64
        var installationKey: [UInt8]
        var lastEvent: Int64
        var auditFinding: String?

        static let closedAtPage = "closedAtPage"
        /// More pages than an engine can lose of commits without a sync. SQLite: what its log holds between two syncs, 4 MiB to a
        /// checkpoint, more with a reader in its way.
        private static let lostPagesMax: Int64 = 1 << 20

        /// Moves the epoch; inside a transaction that is on the disk before the store is used.
        ///
        /// `newKey`: 32 random bytes, used when the store is new.
        /// `seal`: of the audit log, which goes on with its current key.
        init(_ session: any Session, newKey: [UInt8], seal: AuditSeal, now: Instant) throws {
            func number(_ name: String) throws -> Int64? {
                try session.first(QueueSQL.meta.rawValue, name) { $0.int64(0) }
            }
            let before = try number("epoch") ?? 0
            epoch = before + 1
            try session.run(QueueSQL.setMeta.rawValue, "epoch", epoch)
            if before > 0 { try Self.leapOverLostPages(session, closedAt: try number(Self.closedAtPage)) }
            try session.run(QueueSQL.addMeta.rawValue, "installationKey", newKey)
            installationKey = try session.first(QueueSQL.meta.rawValue, "installationKey") { $0.blob(0) } ?? []
            // Above every event and above the clock's high water: an id is never used again, even when the clock went back.
            lastEvent = max(
                try session.first("SELECT coalesce(max(id), 0) FROM event") { $0.int64(0) } ?? 0,
                try number("lastEvent") ?? 0
            )
            auditFinding = try AuditChain.tie(seal, now: now, session)
        }

        /// Inside each transaction.
        ///
        /// - Throws: ``StoreError/failStopped(_:)`` when another process has moved the epoch.
        func check(_ session: any Session) throws {
            let found = try session.first(QueueSQL.meta.rawValue, "epoch") { $0.int64(0) }
            guard found == epoch else { throw StoreError.failStopped("another process took over this data folder") }
        }

        /// After anything but a clean close: pages are committed without a sync, so a power cut takes the last of them back, and their
        /// numbers, which operators and phones may have seen. They are not given again. Opening is a FULL commit: the leap itself stays.
        private static func leapOverLostPages(_ session: any Session, closedAt: Int64?) throws {
            let last = try session.lastNumber(of: "page")
            try session.run("DELETE FROM meta WHERE name = ?", closedAtPage)
            guard last != closedAt else { return }
            try session.setLastNumber(of: "page", to: last + lostPagesMax)
        }
    }
}
