package import Domain
package import Logging
package import Store

/// Notes where the audit log ends: each hour and at the end of the service, in the service's log, a file, and by POST to somebody else.
///
/// What is noted elsewhere, a log that was made anew or cut off contradicts (``QueueReader/verifyAudit(seal:heads:head:)``). A note that
/// cannot be made is logged, and the next says more than it.
package struct AuditHeadNotes: Sendable {
    private static let interval = Duration.seconds(3600)

    private let reader: Reading<QueueReader>
    private let seal: AuditSeal
    private let file: AppendedFile?
    private let post: (@Sendable (_ body: [UInt8]) async -> Int?)?
    private let time: TimeSource
    private let logger: Logger

    /// `file`: gets a line; nil: none does.
    /// `post`: returns the status within its own timeout, or nil; nil: nobody is told.
    package init(
        reader: Reading<QueueReader>,
        seal: AuditSeal,
        file: String?,
        post: (@Sendable (_ body: [UInt8]) async -> Int?)?,
        time: TimeSource,
        logger: Logger
    ) {
        self.reader = reader
        self.seal = seal
        self.file = file.map { AppendedFile($0) }
        self.post = post
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled; the note of the end is the caller's.
    package func run() async {
        while !Task.isCancelled {
            await note()
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Where the log ends now.
    package func note() async {
        do {
            let now = time.now()
            let head = try await reader.read { [seal] in try $0.auditHead(at: now, seal: seal) }
            let line = JSONWriter.text(.object(head.object))
            logger.info("audit head", metadata: ["head": "\(line)"])
            // The reader's thread: a network file system may take its time.
            if let file { try await reader.read { _ in try file.append(line) } }
            guard let post else { return }
            let status = await post(Array(line.utf8))
            guard let status, (200...299).contains(status) else {
                return logger.error(
                    "nobody took the audit log's head",
                    metadata: ["status": "\(status.map { "\($0)" } ?? "none")"]
                )
            }
        } catch {
            logger.error("the audit log's head cannot be noted", metadata: ["error": "\(error)"])
        }
    }

    /// Those a file has, in its order.
    ///
    /// - Returns: the heads, and how many lines are none.
    package static func read(_ path: String) throws(AppendedFile.FileError) -> (heads: [AuditHead], unreadable: Int) {
        let lines = try AppendedFile(path).lines()
        let heads = lines.compactMap { line in StoredLine.object(line).flatMap { AuditHead($0) } }
        return (heads, lines.count - heads.count)
    }
}

/// A line of JSON in a file of ours.
enum StoredLine {
    /// nil when it is no object.
    static func object(_ line: Substring) -> JSONObject? {
        do { return try JSONParser.parse(String(line)).object } catch { return nil }
    }
}
