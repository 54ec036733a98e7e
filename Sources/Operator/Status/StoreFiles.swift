import Domain
import Glibc

/// Sizes of the store's files and the room around them. Nothing is opened: a descriptor of the database closed in this process would
/// drop SQLite's locks [sqlite.org/howtocorrupt.html §2.2].
struct StoreFiles {
    /// Twice the size at which the writer starts the log over; beyond it something reads for so long that it cannot.
    static let walBytesMax: Int64 = 64 << 20

    var queueBytes: Int64
    var walBytes: Int64
    var registryBytes: Int64
    var freeBytes: Int64
    var diskBytes: Int64
    /// Really allocated; 0 when it is missing.
    var ballastBytes: Int64

    init(folder: String) {
        queueBytes = Self.bytes(folder + "/queue.db")
        walBytes = Self.bytes(folder + "/queue.db-wal")
        registryBytes = Self.bytes(folder + "/registry.db")
        var found = stat()
        ballastBytes =
            stat(folder + "/ballast", &found) == 0 ? min(Int64(found.st_size), Int64(found.st_blocks) * 512) : 0
        var status = statvfs()
        let isKnown = statvfs(folder, &status) == 0
        freeBytes = isKnown ? Int64(status.f_bavail) * Int64(status.f_frsize) : 0
        diskBytes = isKnown ? Int64(status.f_blocks) * Int64(status.f_frsize) : 0
    }

    /// What the service makes of the room, as far as a look from outside can tell.
    func stage(_ limits: DiskLimits) -> DiskStage {
        var state = DiskState(limits)
        _ = state.look(
            .init(freeBytes: freeBytes, totalBytes: diskBytes, hasBallast: hasBallast(limits), isBlocked: false)
        )
        return state.stage
    }

    /// True also when none is wanted. A file with holes holds no room.
    func hasBallast(_ limits: DiskLimits) -> Bool { ballastBytes >= limits.ballastBytes }

    var freePercent: Int64 { diskBytes == 0 ? 0 : freeBytes * 100 / diskBytes }

    var json: JSONValue {
        [
            "isReadable": true, "queueBytes": .number(queueBytes), "walBytes": .number(walBytes),
            "registryBytes": .number(registryBytes), "diskFreeBytes": .number(freeBytes),
            "diskFreePercent": .number(freePercent),
        ]
    }

    /// `412 MB`, `3.1 GB`.
    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < 4 {
            value /= 1000
            unit += 1
        }
        let rounded = value < 10 && unit > 0 ? "\((value * 10).rounded() / 10)" : "\(Int64(value.rounded()))"
        switch unit {
        case 0: return say("\(decimal: rounded) B")
        case 1: return say("\(decimal: rounded) kB")
        case 2: return say("\(decimal: rounded) MB")
        case 3: return say("\(decimal: rounded) GB")
        default: return say("\(decimal: rounded) TB")
        }
    }

    private static func bytes(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
