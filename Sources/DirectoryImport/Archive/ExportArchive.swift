import CArchive
import Glibc

/// Archives of delivered files: tar, plain or with gzip, and zip, read with libarchive; tars are also written. Blocking.
package enum ExportArchive {
    /// Bounds of an archive from outside; beyond any of them it is refused.
    package struct Limits: Sendable {
        /// Bytes of all files after decompression: a gzip or zip may grow a thousandfold.
        package var unpackedBytesMax = 4 * 1024 * 1024 * 1024
        package var entriesMax = 1000

        package init() {}
    }

    /// What a file is by its name, letter case ignored.
    package enum Kind: Hashable, Sendable {
        case tar, gzip, zip

        /// nil for what is no archive of ours.
        package init?(path: String) {
            let endings: [(String, Kind)] = [
                (".tar", .tar), (".tar.gz", .gzip), (".tgz", .gzip), (".zip", .zip),
            ]
            guard let kind = endings.first(where: { path.hasSuffix($0.0, ignoringCase: true) })?.1 else { return nil }
            self = kind
        }

        /// The content type of a request that carries it.
        package var contentType: String {
            switch self {
            case .tar: "application/x-tar"
            case .gzip: "application/gzip"
            case .zip: "application/zip"
            }
        }

        /// What a file of it is called.
        package var ending: String {
            switch self {
            case .tar: ".tar"
            case .gzip: ".tar.gz"
            case .zip: ".zip"
            }
        }
    }

    /// The files of an export: those of the one archive that was given, unpacked while `body` runs; else the paths themselves, of a folder
    /// its direct entries, hidden ones excepted.
    package static func withFiles<Result>(
        of paths: [String],
        under parent: String,
        limits: Limits = Limits(),
        _ body: ([String]) throws -> Result
    ) throws -> Result {
        if paths.count == 1, Kind(path: paths[0]) != nil, try FolderListing.names(in: paths[0]) == nil {
            return try withUnpacked(paths[0], under: parent, limits: limits, body)
        }
        return try body(try FolderListing.files(at: paths))
    }

    /// Unpacks into a fresh private folder, calls `body` with the paths of the files and removes the folder, whatever
    /// happens in between.
    ///
    /// Files lie in an archive in any order and are read in ours, hence the folder. Only plain files are unpacked, under
    /// their base names, with mode 0600. Folders and hidden files are passed over.
    ///
    /// - Parameters:
    ///   - path: the archive, a plain file.
    ///   - parent: an existing folder of ours on a disk with room. After a crash a folder `import-XXXXXX` stays in it;
    ///     whoever owns `parent` sweeps it at the start.
    ///   - limits: bounds of the archive.
    ///   - body: gets the paths, sorted.
    /// - Returns: what `body` returned.
    /// - Throws: ``ExportError/archive(entry:what:)`` for a damaged archive, for links, devices, absolute paths, `..`
    ///   and two files of one name; ``ExportError/tooLarge(file:line:what:limit:)``; what `body` threw.
    package static func withUnpacked<Result>(
        _ path: String,
        under parent: String,
        limits: Limits = Limits(),
        _ body: ([String]) throws -> Result
    ) throws -> Result {
        var template = Array((parent + "/import-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ExportError.unreadable(file: InputFile.baseName(of: parent), code: errno)
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var names: Set<String> = []
        defer {
            for name in names { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        try ThreadLocale.withUTF8 { () throws(ExportError) in try unpack(path, into: folder, limits, names: &names) }
        return try body(names.sorted().map { folder + "/" + $0 })
    }

    private static func unpack(
        _ path: String,
        into folder: String,
        _ limits: Limits,
        names: inout Set<String>
    ) throws(ExportError) {
        let reader = try ArchiveReader(path: path)
        var bytesLeft = limits.unpackedBytesMax
        var entries = 0
        while let entry = try reader.nextEntry() {
            entries += 1
            guard entries <= limits.entriesMax else {
                throw .tooLarge(file: reader.file, line: 0, what: "entries", limit: limits.entriesMax)
            }
            guard let name = try entry.acceptedName() else { continue }
            guard names.insert(name).inserted else {
                throw .archive(entry: name, what: "two files of this name")
            }
            let output = try OutputFile(creating: folder + "/" + name)
            try reader.data { bytes throws(ExportError) in
                bytesLeft -= bytes.count
                guard bytesLeft >= 0 else {
                    throw .tooLarge(file: reader.file, line: 0, what: "unpacked bytes", limit: limits.unpackedBytesMax)
                }
                try output.write(bytes)
            }
        }
    }
}
