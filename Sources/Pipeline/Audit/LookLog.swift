package import Domain
import FoundationEssentials
import Glibc

/// The looks of a data folder, a file of lines a month: `looks/2026-11.ndjson`. Blocking.
///
/// Apart from the stores: commands write here beside the gateway, also while it is down, and no look waits for a delivery or keeps one
/// waiting. Whoever may read the stores as a file leaves none.
package struct LookLog: Sendable {
    package let folder: String

    /// `data`: the folder of the stores.
    package init(data: String) { folder = data + "/looks" }

    /// On the disk when this returns.
    package func keep(_ look: Look) throws(AppendedFile.FileError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .init(folder, "cannot be made") }
        try AppendedFile.giveToOwner(folder)
        try file(Self.month(look.at)).append(JSONWriter.text(.object(look.object)))
    }

    /// A place in the log, from which a list goes on.
    package struct Cursor: Hashable, Sendable, CustomStringConvertible {
        var month: String
        var line: Int

        package var description: String { "\(month).\(line)" }

        init(month: String, line: Int) {
            self.month = month
            self.line = line
        }

        package init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 7, let line = Int(parts[1]), line >= 0 else { return nil }
            self.init(month: String(parts[0]), line: line)
        }
    }

    /// The newest first, before a cursor; lines that are no looks are left out.
    package func looks(
        before cursor: Cursor? = nil,
        limit: Int,
        where isWanted: (Look) -> Bool = { _ in true }
    ) throws -> [(look: Look, cursor: Cursor)] {
        var found: [(look: Look, cursor: Cursor)] = []
        for month in try months().reversed() where cursor.map({ month <= $0.month }) ?? true {
            let lines = try file(month).lines()
            let end = cursor?.month == month ? min(cursor?.line ?? 0, lines.count) : lines.count
            for line in (0..<end).reversed() {
                guard found.count < limit else { return found }
                guard let look = StoredLine.object(lines[line]).flatMap({ Look($0) }), isWanted(look) else { continue }
                found.append((look, Cursor(month: month, line: line)))
            }
        }
        return found
    }

    /// Removes whole months that ended before.
    package func prune(before: Instant) throws {
        for month in try months() where month < Self.month(before) {
            guard unlink(file(month).path) == 0 || errno == ENOENT else {
                throw AppendedFile.FileError(file(month).path, "cannot be removed")
            }
        }
    }

    /// Copies all months into another data folder, which has none; on the disk when this returns. Looks kept meanwhile may be left out.
    ///
    /// - Returns: the bytes of the copies.
    /// - Throws: what reading or writing met; months copied before stay.
    package func copy(to data: String) throws -> Int64 {
        let months = try months()
        guard !months.isEmpty else { return 0 }
        let copy = LookLog(data: data)
        guard mkdir(copy.folder, 0o700) == 0 else { throw AppendedFile.FileError(copy.folder, "cannot be made") }
        try AppendedFile.giveToOwner(copy.folder)
        var bytes: Int64 = 0
        // The sweeper may have removed one since.
        for month in months where access(file(month).path, F_OK) == 0 {
            bytes += try file(month).copy(to: copy.file(month))
        }
        let descriptor = open(copy.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw AppendedFile.FileError(copy.folder, "cannot be synced")
        }
        return bytes
    }

    private func months() throws -> [String] {
        guard access(folder, F_OK) == 0 else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(Self.ending) }
            .map { String($0.dropLast(Self.ending.count)) }.filter { $0.utf8.count == 7 }.sorted()
    }

    private func file(_ month: String) -> AppendedFile { AppendedFile(folder + "/" + month + Self.ending) }

    private static let ending = ".ndjson"

    /// `2026-11`, of the time as it is written.
    private static func month(_ at: Instant) -> String { String(at.rfc3339.prefix(7)) }
}
