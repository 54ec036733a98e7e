import Domain
import Glibc

/// The data folder: who may read it, the room on its disk, how fast the disk keeps a promise.
struct FolderFindings {
    /// An accept waits for one fdatasync; beyond this 202 takes longer than it should (p99 target 20 ms).
    private static let syncWarnMicroseconds: Int64 = 20_000
    private static let syncFailMicroseconds: Int64 = 200_000
    private static let syncs = 16

    let folder: String
    let limits: DiskLimits

    func all() -> [Finding] {
        var found = stat()
        guard stat(folder, &found) == 0 else {
            return [
                .fail(
                    say("folder"),
                    "\(folder): \(systemText())",
                    next: say("start the service once, or correct `data` in the configuration")
                )
            ]
        }
        return modes(found) + [disk(), ballast(), inodes(), fileSystem(), sync()].compactMap { $0 }
    }

    private func modes(_ folderStat: stat) -> [Finding] {
        var loose: [String] = []
        if folderStat.st_mode & 0o077 != 0 { loose.append(folder) }
        for name in ["queue.db", "registry.db", "lock"] {
            var found = stat()
            if stat(folder + "/" + name, &found) == 0, found.st_mode & 0o077 != 0 { loose.append(name) }
        }
        var findings: [Finding] = []
        if loose.isEmpty {
            findings.append(.ok(say("folder"), say("\(folder), private")))
        } else {
            findings.append(
                .warn(
                    say("folder"),
                    say("others may read: \(loose.joined(separator: ", "))"),
                    next: "chmod 700 \(folder) && chmod 600 \(folder)/*.db* \(folder)/lock"
                )
            )
        }
        if folderStat.st_uid != geteuid(), geteuid() != 0 {
            findings.append(
                .warn(
                    say("folder"),
                    say("it belongs to uid \(digits: folderStat.st_uid), this is uid \(digits: geteuid())")
                )
            )
        }
        return findings
    }

    private func disk() -> Finding {
        let files = StoreFiles(folder: folder)
        let what = say("\(StoreFiles.text(files.freeBytes)) free (\(files.freePercent) %)")
        switch files.stage(limits) {
        case .ample: return .ok(say("disk"), what)
        case .soft:
            return .warn(
                say("disk"),
                say("\(what): events that are large or not urgent are refused"),
                next: say("make room before it is full")
            )
        case .hard, .blocked:
            return .fail(
                say("disk"),
                say("\(what): every event is refused"),
                next: say("make room; runbook, The disk is full")
            )
        }
    }

    private func ballast() -> Finding? {
        guard limits.ballastBytes > 0 else { return nil }
        let size = StoreFiles.text(limits.ballastBytes)
        return StoreFiles(folder: folder).hasBallast(limits)
            ? .ok(say("ballast"), say("\(size), to be given back when nothing can be recorded"))
            : .warn(
                say("ballast"),
                say("missing"),
                next: say("make room: the running service makes the \(size) again by itself")
            )
    }

    private func inodes() -> Finding? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0, status.f_files > 0 else { return nil }
        let percent = UInt64(status.f_favail) * 100 / UInt64(status.f_files)
        return percent < 5
            ? .warn(say("disk"), say("only \(percent) % of the inodes are free"), next: say("remove small files")) : nil
    }

    private func fileSystem() -> Finding? {
        guard let type = MountTable.fileSystem(of: folder) else { return nil }
        if type.hasPrefix("nfs") || type == "cifs" || type.hasPrefix("fuse") || type == "9p" {
            return .fail(
                say("filesystem"),
                say("\(type): locks and fsync of SQLite cannot be trusted on it"),
                next: say("put `data` on a local disk")
            )
        }
        if type == "btrfs" || type == "zfs" {
            return .warn(
                say("filesystem"),
                say("\(type): overwriting takes new space, so outcomes may not be recorded on a full disk")
            )
        }
        if type == "tmpfs" { return .warn(say("filesystem"), say("tmpfs: nothing survives a reboot")) }
        return .ok(say("filesystem"), type)
    }

    /// Times a few small writes in a file of its own.
    private func sync() -> Finding {
        let path = folder + "/doctor-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            return .warn(
                "fsync",
                say("not timed: \(systemText())"),
                next: say("run the doctor as the gateway's user")
            )
        }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: 4096)
        var times: [Int64] = []
        for _ in 0..<Self.syncs {
            let start = ContinuousClock.now
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                return .fail(
                    "fsync",
                    say("a write failed: \(systemText())"),
                    next: say("dmesg; look at the disk")
                )
            }
            let time = start.duration(to: .now).components
            times.append(time.seconds * 1_000_000 + time.attoseconds / 1_000_000_000_000)
        }
        times.sort()
        let (median, worst) = (times[times.count / 2], times[times.count - 1])
        let what = say("median \(Self.milliseconds(median)), slowest \(Self.milliseconds(worst)) of \(Self.syncs)")
        if median > Self.syncFailMicroseconds {
            return .fail("fsync", what, next: say("a faster disk; each 202 waits for one"))
        }
        if median > Self.syncWarnMicroseconds {
            return .warn("fsync", what, next: say("a faster disk; each 202 waits for one"))
        }
        return .ok("fsync", what)
    }

    private static func milliseconds(_ microseconds: Int64) -> String {
        say("\(decimal: "\(Double(microseconds / 10) / 100)") ms")
    }
}

/// Which file system a path is on, from `/proc/self/mounts`.
enum MountTable {
    static func fileSystem(of path: String) -> String? {
        guard let mounts = SystemFile.text("/proc/self/mounts"), let real = realpath(path, nil)
        else {
            return nil
        }
        defer { free(real) }
        return fileSystem(of: String(cString: real), mounts: mounts)
    }

    /// The longest mount point above the path; of equal ones the last, which lies over the others.
    static func fileSystem(of path: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 3 else { continue }
            let point = String(words[1])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.utf8.count >= best?.length ?? 0 { best = (point.utf8.count, String(words[2])) }
        }
        return best?.type
    }
}
