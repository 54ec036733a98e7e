import Contract
import Domain
import FoundationEssentials
import Glibc
import Settings

/// The file with the hashes of a publisher's keys: changed as a whole, comments kept, and taken into force by the running service.
struct KeysFile {
    private static let patience = 50

    private let path: String
    private let publisher: PublisherSettings

    init(of name: String, in settings: Settings) throws {
        guard let publisher = settings.publishers.first(where: { $0.name == name }) else {
            let names = settings.publishers.map(\.name).joined(separator: ", ")
            throw OperatorError(.nothing, say("there is no publisher \(name)"), why: say("of \(names)"))
        }
        guard let path = publisher.keysFile else {
            throw OperatorError(
                .refused,
                say("publisher \(name) has no keysFile"),
                next: say("carillon key generate publisher, and publishers[].keysFile in the configuration")
            )
        }
        self.publisher = publisher
        self.path = path
    }

    /// The other keys end at `until`, unless they end before; those that have ended go.
    func rotate(to new: PublisherKeyHash, until: Instant, now: Instant) throws {
        try rewrite { line in
            guard var key = PublisherKeyHash(line: line) else { return line }
            let end = min(key.until ?? until, until)
            guard end > now else { return nil }
            key.until = end
            return key.line
        } appending: {
            new.line
        }
    }

    func revoke(_ id: String, now: Instant) throws {
        guard publisher.keys.contains(where: { $0.id == id }) else {
            throw OperatorError(
                .nothing,
                say("publisher \(publisher.name) has no key \(id)"),
                next: "carillon publisher list"
            )
        }
        // A file without a line would be a mistake of the configuration, also beside a secret that signs.
        guard publisher.keys.contains(where: { $0.id != id && ($0.until.map { $0 > now } ?? true) }) else {
            throw OperatorError(
                .refused,
                say("it is the only key of publisher \(publisher.name) that counts"),
                next: "carillon publisher rotate \(publisher.name) --overlap 0s"
            )
        }
        try rewrite { PublisherKeyHash(line: $0)?.id == id ? nil : $0 }
    }

    /// Has the running service read the file, and waits until it has.
    ///
    /// - Returns: `in force`, or that the next start takes it.
    func takeIntoForce(_ settings: Settings, having new: String? = nil, lacking old: String? = nil) async throws
        -> String
    {
        try await AdminClient.use(settings.listen.adminSocket) {
            try await takeIntoForce($0, having: new, lacking: old)
        }
    }

    private func takeIntoForce(_ client: AdminClient, having new: String?, lacking old: String?) async throws -> String
    {
        let status = await client.get("/admin/status").map(StatusView.init(shown:))
        // Zero would be this process and its kin.
        guard let process = status?.processID, process > 0 else {
            return say("in force from the next start on")
        }
        guard kill(pid_t(truncatingIfNeeded: process), SIGHUP) == 0 else {
            throw OperatorError(
                .failed,
                say("the file is written, and the service (\(digits: process)) could not be told"),
                why: systemText(),
                next: say("kill -HUP \(digits: process), as the user it runs as")
            )
        }
        for _ in 0..<Self.patience {
            if let answer = await client.get("/admin/publishers"),
                Self.isInForce(answer, of: publisher.name, having: new, lacking: old)
            {
                return say("in force")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw OperatorError(
            .failed,
            say("the file is written, and the service has not taken it"),
            why: say("its configuration has a mistake"),
            next: "carillon config check"
        )
    }

    /// Whether the service's list of publishers shows the new key and the old one no more. What cannot be read of it may be the old one.
    static func isInForce(_ list: JSONObject, of publisher: String, having new: String?, lacking old: String?) -> Bool {
        var unread = 0
        let list = ListView<PublisherView>(shown: list, unread: &unread)
        guard unread == 0, let keys = list.items.first(where: { $0.name == publisher })?.keys.map(\.id) else {
            return false
        }
        return new.map(keys.contains) ?? true && old.map { !keys.contains($0) } ?? true
    }

    /// In place of the file when the new one is whole and on the disk: a reader sees the one or the other.
    private func rewrite(_ change: (String) -> String?, appending: () -> String? = { nil }) throws {
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        // Two orders at once: the second reads what the first has written.
        guard folder >= 0, flock(folder, LOCK_EX) == 0 else {
            throw OperatorError(.failed, say("\(path) cannot be replaced"), why: systemText())
        }
        let bytes: Data
        var mode = stat()
        do { bytes = try Data(contentsOf: URL(filePath: path)) } catch {
            throw OperatorError(.failed, say("\(path) cannot be read"), why: "\(error)")
        }
        guard stat(path, &mode) == 0 else {
            throw OperatorError(.failed, say("\(path) cannot be read"), why: systemText())
        }
        var lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        )
        .compactMap { change(String($0)) }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        if let line = appending() { lines.append(line) }
        let text = lines.map { $0 + "\n" }.joined()
        let next = path + ".new"
        unlink(next)
        try NewFile.write(text, to: next)
        guard chown(next, mode.st_uid, mode.st_gid) == 0 || geteuid() != 0, chmod(next, mode.st_mode & 0o777) == 0,
            rename(next, path) == 0, fsync(folder) == 0
        else {
            let why = systemText()
            unlink(next)
            throw OperatorError(.failed, say("\(path) cannot be replaced"), why: why)
        }
    }
}
