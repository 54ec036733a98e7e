/// How a connection is opened: its mode and its pragmas.
package struct ConnectionOptions: Sendable {
    /// `mode=ro`, `query_only`, and no checkpoint on close.
    package var isReadOnly: Bool
    /// `name = value` texts, applied in order right after opening.
    package var pragmas: [String]
    /// How long a lock of another connection is waited for.
    package var busyTimeout: Duration
    /// Prepared statements kept; the texts are constants, so this is a bound on mistakes, not a tuning knob.
    package var statementsMax: Int

    package init(
        isReadOnly: Bool,
        pragmas: [String],
        busyTimeout: Duration = .zero,
        statementsMax: Int = 256
    ) {
        self.isReadOnly = isReadOnly
        self.pragmas = pragmas
        self.busyTimeout = busyTimeout
        self.statementsMax = statementsMax
    }

    /// The one read-write connection of a file. Busy timeout 0: nobody else writes, so BUSY is a defect to see at once.
    package static let writer = ConnectionOptions(
        isReadOnly: false,
        pragmas: [
            // Both count only before the first table exists.
            "page_size = 4096",
            "auto_vacuum = INCREMENTAL",
            "journal_mode = WAL",
            "synchronous = FULL",
            // The checkpoint policy decides (CheckpointPolicy).
            "wal_autocheckpoint = 0",
            "journal_size_limit = 67108864",
            "cache_size = -32768",
            "temp_store = MEMORY",
            // With mmap a WAL-reset corruption has been seen to spread.
            "mmap_size = 0",
            // Debian compiles ON as the default, which writes every freed page once more.
            "secure_delete = FAST",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "foreign_keys = ON",
        ]
    )

    /// A look from beside the writer, in this process or another. The wait covers the moment of WAL recovery.
    package static let reader = ConnectionOptions(
        isReadOnly: true,
        pragmas: [
            "query_only = ON", "temp_store = MEMORY", "mmap_size = 0", "trusted_schema = OFF", "cell_size_check = ON",
        ],
        busyTimeout: .seconds(2)
    )

    /// A reader with tables of its own, on the disk: what it collects takes no more memory for a region than for a village. Without
    /// `query_only`, which refuses temporary tables, too; `mode=ro` keeps it from the file.
    package static let planner = ConnectionOptions(
        isReadOnly: true,
        pragmas: [
            "temp_store = FILE", "temp.cache_size = -16384", "cache_size = -16384", "mmap_size = 0",
            "trusted_schema = OFF",
            "cell_size_check = ON",
        ],
        busyTimeout: .seconds(2)
    )
}
