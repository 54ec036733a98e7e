import Contract
import Domain
import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// Watches the room on the disk of the stores: the stage for whoever takes events, one log line at each change, the ballast.
final class DiskWatch: Service {
    private static let interval = Duration.seconds(1)

    private let folder: DataFolder
    private let state: Mutex<DiskState>
    private let limits: DiskLimits
    private let isBlocked: @Sendable () -> Bool
    private let logger: Logger

    /// `isBlocked`: true while the store refuses outcomes.
    init(folder: DataFolder, limits: DiskLimits, isBlocked: @escaping @Sendable () -> Bool, logger: Logger) {
        self.folder = folder
        self.limits = limits
        self.isBlocked = isBlocked
        self.logger = logger
        state = Mutex(DiskState(limits))
    }

    /// The stage now. Two system calls.
    func look() -> DiskStage { look(reading()) }

    var isFull: Bool { [.hard, .blocked].contains(look()) }

    var takesBulk: Bool { look() == .ample }

    /// True while history has to make room: less is free than the soft stage asks for, `reusable` bytes of the store's own file included.
    func lacksRoom(reusable: Int64) -> Bool {
        let reading = reading()
        guard look(reading) != .ample else { return false }
        return reading.freeBytes + reusable < limits.softThreshold(totalBytes: reading.totalBytes)
    }

    /// For `/healthz`.
    var view: DiskView {
        let reading = reading()
        var view = DiskView()
        view.stage = look(reading).rawValue
        view.freeBytes = Int(reading.freeBytes)
        view.softBytes = Int(limits.softThreshold(totalBytes: reading.totalBytes))
        view.hasBallast = reading.hasBallast
        return view
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            tend()
            do { try await cancelWhenGracefulShutdown { try await sleepToNext(Self.interval) } } catch { return }
        }
    }

    /// Lets the ballast go while blocked, and makes it when there is room.
    func tend() {
        let reading = reading()
        if look(reading) == .blocked, reading.hasBallast, limits.ballastBytes > 0 {
            guard unlink(folder.ballast) == 0 else { return }
            logger.warning("the ballast is let go", metadata: ["bytes": "\(limits.ballastBytes)"])
        } else if state.withLock({ $0.hasRoomForBallast(reading) }) {
            make()
        }
    }

    private func make() {
        let descriptor = open(folder.ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Not ftruncate: a hole holds no room.
        guard posix_fallocate(descriptor, 0, off_t(limits.ballastBytes)) != 0 else { return }
        unlink(folder.ballast)
    }

    private func look(_ reading: DiskState.Reading) -> DiskStage {
        let (stage, hasChanged) = state.withLock { state in
            let hasChanged = state.look(reading)
            return (state.stage, hasChanged)
        }
        if hasChanged {
            let level: Logger.Level = stage == .ample ? .notice : stage == .soft ? .warning : .error
            logger.log(
                level: level,
                "the disk's stage has changed",
                metadata: ["stage": "\(stage.rawValue)", "freeBytes": "\(reading.freeBytes)"]
            )
        }
        return stage
    }

    private func reading() -> DiskState.Reading {
        let (free, total) = folder.room
        var status = stat()
        let isThere = stat(folder.ballast, &status) == 0 && Int64(status.st_size) >= limits.ballastBytes
        return .init(
            freeBytes: free,
            totalBytes: total,
            hasBallast: isThere || limits.ballastBytes == 0,
            isBlocked: isBlocked()
        )
    }
}
