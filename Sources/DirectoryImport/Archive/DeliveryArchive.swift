import CArchive
import Glibc

/// Archives of delivered files, read with libarchive (tar, plain or with gzip, and zip) and written (tar). Blocking.
package enum DeliveryArchive {
    /// How the names of archives end, the longest first; letter case does not matter.
    private static let endings = [".tar.gz", ".tgz", ".tar", ".zip", ".gz"]

    /// The ending of an archive's name, in lower case; nil: no archive.
    package static func ending(of path: String) -> String? {
        let end = path.suffix(7).lowercased()
        return endings.first { end.hasSuffix($0) }
    }

    /// Bounds of an archive from outside; beyond any of them it is refused.
    package struct Limits: Sendable {
        /// Bytes of all files after decompression: a gzip may grow a thousandfold.
        package var unpackedBytesMax = 4 * 1024 * 1024 * 1024
        package var entriesMax = 1000

        package init() {}
    }

    /// Unpacks into a fresh private folder, calls `body` with the paths of the files and removes the folder, whatever
    /// happens in between.
    ///
    /// Files lie in a tar in any order and are read in ours, hence the folder. Only plain files are unpacked, under
    /// their base names, with mode 0600. Folders and hidden files are passed over.
    ///
    /// - Parameters:
    ///   - path: the archive, a plain file.
    ///   - parent: an existing folder of ours on a disk with room. After a crash a folder `import-XXXXXX` stays in it;
    ///     whoever owns `parent` sweeps it at the start.
    ///   - limits: bounds of the archive.
    ///   - body: gets the paths, sorted.
    /// - Returns: what `body` returned.
    /// - Throws: ``DeliveryError/archive(entry:what:)`` for a damaged archive, for links, devices, absolute paths, `..`
    ///   and two files of one name; ``DeliveryError/tooLarge(file:line:what:limit:)``; what `body` threw.
    package static func withUnpacked<Result>(
        _ path: String,
        under parent: String,
        limits: Limits = Limits(),
        _ body: ([String]) throws -> Result
    ) throws -> Result {
        var template = Array((parent + "/import-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DeliveryError.unreadable(file: InputFile.baseName(of: parent), code: errno)
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var names: Set<String> = []
        defer {
            for name in names { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        try unpack(path, into: folder, limits, names: &names)
        return try body(names.sorted().map { folder + "/" + $0 })
    }

    private static func unpack(
        _ path: String,
        into folder: String,
        _ limits: Limits,
        names: inout Set<String>
    ) throws(DeliveryError) {
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
            try reader.data { bytes throws(DeliveryError) in
                bytesLeft -= bytes.count
                guard bytesLeft >= 0 else {
                    throw .tooLarge(file: reader.file, line: 0, what: "unpacked bytes", limit: limits.unpackedBytesMax)
                }
                try output.write(bytes)
            }
        }
    }
}
