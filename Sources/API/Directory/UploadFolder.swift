import Contract
import Glibc
import HTTPTypes
import NIOCore
import POSIX
import Store

/// Keeps the one export that is being received in a private file, on a thread of its own since disks block.
actor UploadFolder {
    private struct Upload {
        var folder: String
        var path: String
        var descriptor: Int32
    }

    private let executor = ThreadExecutor("uploads")
    private let parent: String
    private var upload: Upload?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter parent: exists, private to this process.
    init(parent: String) { self.parent = parent }

    /// Makes an empty file in a folder of its own. One upload at a time, so that the disk holds one export at most.
    ///
    /// - Returns: the file's path.
    /// - Throws: 503 while another upload is under way, or when the disk refuses.
    func begin(named name: String) throws(Problem) -> String {
        guard upload == nil else { throw Self.busy }
        var template = Array((parent + "/upload-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.refused("mkdtemp", errno) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = folder + "/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            rmdir(folder)
            throw Self.refused("open", code)
        }
        upload = Upload(folder: folder, path: path, descriptor: descriptor)
        return path
    }

    func append(_ piece: ByteBuffer) throws(Problem) {
        guard let upload else { preconditionFailure("A piece belongs to an upload that began.") }
        let written = piece.withUnsafeReadableBytes { bytes in
            Result { () throws(Descriptor.WriteError) in try Descriptor.write(bytes, to: upload.descriptor) }
        }
        if case .failure(let error) = written { throw Self.refused("write", error.code) }
    }

    /// Removes the file; always called after ``begin(named:)``.
    func end() {
        guard let upload else { return }
        self.upload = nil
        close(upload.descriptor)
        unlink(upload.path)
        rmdir(upload.folder)
    }

    static let busy: Problem = {
        var problem = Problem(.importBusy, "Another import is under way; try again when it is done.")
        problem.headers[.retryAfter] = "30"
        return problem
    }()

    private static func refused(_ call: String, _ code: Int32) -> Problem {
        var problem = Problem(
            .storeUnavailable,
            "The export cannot be kept now; try again.",
            cause: "\(call) of an upload: errno \(code)"
        )
        problem.headers[.retryAfter] = "30"
        problem.leavesBodyUnread = true
        return problem
    }
}
