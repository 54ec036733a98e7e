import CArchive
import Domain
import Glibc

/// One pass over a tar, plain or gzipped, or a zip; no other format or filter is asked for.
struct ArchiveReader: ~Copyable {
    let file: String
    private let archive: OpaquePointer

    init(path: String) throws(ExportError) {
        file = InputFile.baseName(of: path)
        guard let archive = archive_read_new() else { throw .archive(entry: "", what: "no memory") }
        archive_read_support_format_tar(archive)
        archive_read_support_format_zip(archive)
        archive_read_support_filter_gzip(archive)
        guard archive_read_open_filename(archive, path, InputFile.chunkBytes) == ARCHIVE_OK else {
            defer { archive_read_free(archive) }
            throw Self.failure(of: archive, entry: "")
        }
        self.archive = archive
    }

    deinit { archive_read_free(archive) }

    /// The header of one entry; valid until the next one is asked for.
    struct Entry {
        fileprivate let pointer: OpaquePointer
        /// Parts of a path; an export in a folder has two.
        static let depthMax = 16

        /// The base name of a plain file; nil for what is passed over.
        func acceptedName() throws(ExportError) -> String? {
            // The first gives names that say they are UTF-8; of others only the bytes are known.
            guard let text = archive_entry_pathname_utf8(pointer) ?? archive_entry_pathname(pointer) else {
                throw .archive(entry: "", what: "an entry without a name")
            }
            let path = String(cString: text)
            // Windows parts a path at the other stroke, and some of its tools write it so.
            let parts = path.split { $0 == "/" || $0 == "\\" }
            let name = parts.last.map(String.init) ?? ""
            let shown = String(name.prefix(100)).escapingHidden()
            guard !path.hasPrefix("/"), !path.hasPrefix("\\"), !parts.contains("..") else {
                throw .archive(entry: shown, what: "a path that leads out of the archive")
            }
            guard parts.count <= Self.depthMax else {
                throw .archive(entry: shown, what: "too many folders in folders")
            }
            guard archive_entry_is_encrypted(pointer) == 0 else {
                throw .archive(entry: shown, what: "encrypted; pack it without a password")
            }
            guard archive_entry_hardlink(pointer) == nil else { throw .archive(entry: shown, what: "a link") }
            switch archive_entry_filetype(pointer) {
            case S_IFDIR: return nil
            case S_IFREG: break
            default: throw .archive(entry: shown, what: "neither file nor folder")
            }
            guard name.utf8.count <= 255, !name.holdsControl else {
                throw .archive(entry: shown, what: "a name that is no file's")
            }
            // Hidden files are the companions that some systems add.
            return name.hasPrefix(".") || name.isEmpty ? nil : name
        }
    }

    /// nil at the end of the archive.
    func nextEntry() throws(ExportError) -> Entry? {
        var pointer: OpaquePointer?
        switch archive_read_next_header(archive, &pointer) {
        case ARCHIVE_EOF: return nil
        // A warning is about attributes we do not take (owner, charset of the name).
        case ARCHIVE_OK, ARCHIVE_WARN:
            guard let pointer else { throw .archive(entry: "", what: "an entry without a header") }
            return Entry(pointer: pointer)
        default: throw Self.failure(of: archive, entry: "")
        }
    }

    /// The bytes of the current entry, piece by piece; holes of sparse files come as zeros.
    func data(_ body: (UnsafeRawBufferPointer) throws(ExportError) -> Void) throws(ExportError) {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = archive_read_data(archive, chunk.baseAddress, chunk.count)
            guard count >= 0 else { throw Self.failure(of: archive, entry: "") }
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }

    private static func failure(of archive: OpaquePointer, entry: String) -> ExportError {
        let code = archive_errno(archive)
        guard let text = archive_error_string(archive) else { return .archive(entry: entry, what: "error \(code)") }
        return .archive(entry: entry, what: String(cString: text))
    }
}
