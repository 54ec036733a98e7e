import CArchive
import Glibc

extension ExportArchive {
    /// Writes a plain tar of the files, under their base names, to a new file of mode 0600.
    ///
    /// - Parameters:
    ///   - paths: plain files with different base names; of a folder its direct plain files, hidden ones excepted.
    ///   - path: must not be there yet. When writing fails the half-written file is removed.
    /// - Throws: ``ExportError``.
    package static func write(_ paths: [String], to path: String) throws(ExportError) {
        var files: [String] = []
        for path in paths { files += try plainFiles(at: path) }
        let names = files.map(InputFile.baseName)
        if let twice = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 })?.key {
            throw .archive(entry: twice, what: "two files of this name")
        }
        // Made first, so that libarchive finds it with our mode.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unreadable(file: InputFile.baseName(of: path), code: errno) }
        defer { close(descriptor) }
        do {
            let writer = try ArchiveWriter(descriptor: descriptor)
            for file in files { try writer.add(file) }
            try writer.finish()
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func plainFiles(at path: String) throws(ExportError) -> [String] {
        let names = try FolderListing.names(in: path)
        guard let names else { return [path] }
        return names.sorted().map { path + "/" + $0 }.filter { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }
}

/// Writes one tar to an open descriptor, which stays the caller's.
private struct ArchiveWriter: ~Copyable {
    private let archive: OpaquePointer

    init(descriptor: Int32) throws(ExportError) {
        guard let archive = archive_write_new() else { throw .archive(entry: "", what: "no memory") }
        // Plain ustar wherever it suffices, pax headers for what it cannot say.
        archive_write_set_format_pax_restricted(archive)
        guard archive_write_open_fd(archive, descriptor) == ARCHIVE_OK else {
            defer { archive_write_free(archive) }
            throw Self.failure(of: archive, entry: "")
        }
        self.archive = archive
    }

    deinit { archive_write_free(archive) }

    func add(_ path: String) throws(ExportError) {
        let input = try InputFile(path: path)
        guard let entry = archive_entry_new() else { throw .archive(entry: "", what: "no memory") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, input.name)
        archive_entry_set_size(entry, Int64(input.bytes))
        let plainFile: mode_t = S_IFREG
        archive_entry_set_filetype(entry, plainFile)
        archive_entry_set_perm(entry, 0o600)
        archive_entry_set_mtime(entry, 0, 0)
        guard archive_write_header(archive, entry) == ARCHIVE_OK else {
            throw Self.failure(of: archive, entry: input.name)
        }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var left = input.bytes
        while case let count = try input.read(into: chunk), count > 0 {
            left -= count
            guard left >= 0, archive_write_data(archive, chunk.baseAddress, count) == count else { break }
        }
        // libarchive would pad a file that shrank with zeros.
        guard left == 0 else { throw .archive(entry: input.name, what: "the file changed while it was packed") }
    }

    func finish() throws(ExportError) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw Self.failure(of: archive, entry: "") }
    }

    private static func failure(of archive: OpaquePointer, entry: String) -> ExportError {
        let text = archive_error_string(archive).map { String(cString: $0) }
        return .archive(entry: entry, what: text ?? "error \(archive_errno(archive))")
    }
}
