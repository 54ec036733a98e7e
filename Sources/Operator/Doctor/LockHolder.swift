import Glibc

/// Who holds the data folder's lock, from `/proc/locks`: trying to take it would make a service that starts at that moment fail.
enum LockHolder {
    enum Answer: Equatable {
        case nobody
        case process(Int32)
        /// The system does not tell.
        case unknown
    }

    static func find(folder: String) -> Answer {
        var found = stat()
        guard stat(folder + "/lock", &found) == 0 else { return .nobody }
        guard let locks = SystemFile.text("/proc/locks") else { return .unknown }
        return find(inode: UInt64(found.st_ino), locks: locks)
    }

    /// [proc(5)]: `1: FLOCK  ADVISORY  WRITE 812 fd:01:393 0 EOF`. The device is not compared: on overlays it differs from stat's.
    static func find(inode: UInt64, locks: String) -> Answer {
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", words[5].split(separator: ":").last == "\(inode)" else {
                continue
            }
            // 0 and -1: a process of another namespace.
            guard let pid = Int32(words[4]), pid > 0 else { return .unknown }
            return .process(pid)
        }
        return .nobody
    }

    /// The program's name; nil when it is gone or hidden.
    static func name(of pid: Int32) -> String? {
        SystemFile.text("/proc/\(pid)/comm").map { String($0.prefix { $0 != "\n" }) }
    }
}
