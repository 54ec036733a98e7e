import Domain
import FoundationEssentials
import Glibc
import Logging
import Store

/// The folder of the stores: made with mode 0700, files in it 0600.
struct DataFolder {
    let path: String

    struct FolderError: Error, CustomStringConvertible {
        let description: String
    }

    init(path: String) throws {
        self.path = path
        umask(0o077)
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw FolderError(
                description: "the data folder \(path) cannot be made: \(String(cString: strerror(errno)))"
            )
        }
        if access(path, R_OK | W_OK | X_OK) != 0 {
            throw FolderError(
                description: "the data folder \(path) cannot be used: \(String(cString: strerror(errno)))"
            )
        }
    }

    /// A private folder for exports under way; made when missing, and emptied of what a killed upload left.
    func work() throws -> String {
        let work = path + "/work"
        if mkdir(work, 0o700) != 0, errno != EEXIST {
            throw FolderError(description: "\(work) cannot be made: \(String(cString: strerror(errno)))")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: work) {
            try FileManager.default.removeItem(atPath: work + "/" + name)
        }
        return work
    }

    /// A file that takes room so that it can be given back; see ``DiskWatch``.
    var ballast: String { path + "/ballast" }

    /// Opens a store. A disk that is full then has the ballast to give: opening writes a few pages.
    func opening<Store>(_ logger: Logger, _ open: () throws -> Store) throws -> Store {
        do { return try open() } catch {
            guard StoreError(error) == .full, unlink(ballast) == 0 else { throw error }
            logger.warning("the disk is full: the ballast is let go")
            return try open()
        }
    }

    /// Bytes a process without privileges may still write.
    var freeBytes: Int64 { room.free }

    /// What may still be written, and the size of the file system. One system call; nothing when it fails.
    var room: (free: Int64, total: Int64) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return (0, 0) }
        let block = Int64(status.f_frsize)
        return (Int64(status.f_bavail) * block, Int64(status.f_blocks) * block)
    }
}
