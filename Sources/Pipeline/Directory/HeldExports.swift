import DirectoryImport
import FoundationEssentials
import Glibc
import POSIX

/// The folder of exports that wait for a person's word: one file for each held import, mode 0600. Blocking.
///
/// Bounded by the registry, which names one for each format and mode; what it does not name is removed at the next start.
package struct HeldExports: Sendable {
    package let folder: String
    /// A larger export is held, but not kept.
    let bytesMax: Int

    package struct KeepError: Error, CustomStringConvertible {
        package let description: String
    }

    package init(folder: String, bytesMax: Int) {
        self.folder = folder
        self.bytesMax = bytesMax
    }

    package func path(of name: String) -> String { folder + "/" + name }

    /// Keeps a copy of the export, on the disk when this returns.
    ///
    /// - Parameters:
    ///   - paths: as the importer got them: an archive, or files and folders, which are packed.
    ///   - name: without ending.
    /// - Returns: the file's name.
    /// - Throws: what hindered it; nothing is left then.
    func keep(_ paths: [String], as name: String) throws -> String {
        try make()
        let lines = [".ndjson", ".jsonl"].first { paths[0].hasSuffix($0, ignoringCase: true) }
        let ending = paths.count == 1 ? ExportArchive.Kind(path: paths[0])?.ending ?? lines : nil
        let file = path(of: name + (ending ?? ".tar"))
        let part = file + ".part"
        unlink(part)
        do {
            if ending != nil {
                try copy(paths[0], to: part)
            } else {
                try ExportArchive.write(paths, to: part)
            }
            try giveToOwner(part)
            try sync(part)
            guard rename(part, file) == 0 else { throw failure("cannot be renamed in") }
            try sync(folder)
        } catch {
            unlink(part)
            throw error
        }
        return name + (ending ?? ".tar")
    }

    /// Copies exports from the folder beside damaged stores; names come from there, too.
    ///
    /// - Returns: a sentence for each that could not be had.
    package func take(_ names: [String], from source: String) throws -> [String] {
        guard !names.isEmpty else { return [] }
        try make()
        var missing: [String] = []
        for name in names {
            guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.contains("\0") else {
                missing.append("a held import names an export that cannot be a file")
                continue
            }
            let file = path(of: name)
            do {
                try copy(source + "/" + name, to: file)
                try giveToOwner(file)
                try sync(file)
            } catch {
                unlink(file)
                missing.append("the held export \(name) is lost: \(error); import it again")
            }
        }
        try sync(folder)
        return missing
    }

    private func make() throws {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure("cannot be made") }
        try giveToOwner(folder)
    }

    /// An import with sudo must not leave what the service cannot read: it belongs to whom the data folder belongs to.
    private func giveToOwner(_ path: String) throws {
        guard geteuid() == 0 else { return }
        var owner = stat()
        guard stat(folder + "/..", &owner) == 0, lchown(path, owner.st_uid, owner.st_gid) == 0 else {
            throw failure("cannot be given to the owner of the data folder")
        }
    }

    package func remove(_ names: [String]) {
        // One that is gone already is what was wanted; any other is found at the next start.
        for name in names { unlink(path(of: name)) }
    }

    /// Removes what no row of the registry names; at the start, before anything is kept.
    package func removeAll(except names: Set<String>) throws {
        guard access(folder, F_OK) == 0 else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !names.contains(name) {
            unlink(path(of: name))
        }
    }

    private func copy(_ source: String, to target: String) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure("cannot take \(source)") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw failure("cannot hold a file") }
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var total = 0
        while true {
            let count = read(input, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot take \(source)") }
            if count == 0 { return }
            total += count
            guard total <= bytesMax else { throw KeepError(description: "the export is larger than \(bytesMax) bytes") }
            do throws(Descriptor.WriteError) { try Descriptor.write(chunk[..<count], to: output) } catch {
                throw failure("cannot be written", error.code)
            }
        }
    }

    private func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be synced") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot be synced") }
    }

    private func failure(_ what: String, _ code: Int32 = errno) -> KeepError {
        KeepError(description: "\(folder) \(what): \(String(cString: strerror(code)))")
    }
}
