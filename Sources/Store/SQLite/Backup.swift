import Database
import Domain
import SQLite

/// A copy of both stores while the gateway works.
package enum Backup {
    /// Numbers a store that goes on from the copy leaves out: the original may have given them since.
    private static let numbersAhead: Int64 = 1_000_000

    /// Copies into an existing folder, each file from one snapshot, first the queue: the registry then knows everybody the queue names.
    /// The copies are closed, whole databases without WAL, but not synced to the disk.
    ///
    /// Reads beside the writer, which never waits; its WAL grows meanwhile by what is written (55 bytes a delivery).
    ///
    /// - Throws: what reading or writing met; files made so far stay.
    package static func copy(from folder: String, to target: String) throws {
        for file in ["queue.db", "registry.db"] {
            let reader = try Connection(path: folder + "/" + file, options: .reader)
            try reader.backUp(to: target + "/" + file)
            let copy = try Connection(path: target + "/" + file, options: .init(isReadOnly: false, pragmas: []))
            try copy.leapAhead(by: numbersAhead, except: AuditChain.table)
        }
    }
}
