extension FolderListing {
    /// The paths as they are, of a folder its direct entries, hidden ones excepted.
    static func files(at paths: [String]) throws(ExportError) -> [String] {
        var files: [String] = []
        for path in paths { files += try names(in: path)?.sorted().map { path + "/" + $0 } ?? [path] }
        return files
    }
}

extension String {
    /// Letter case of ASCII does not count.
    package func hasSuffix(_ suffix: String, ignoringCase: Bool) -> Bool {
        guard ignoringCase else { return hasSuffix(suffix) }
        let end = utf8.suffix(suffix.utf8.count)
        return end.count == suffix.utf8.count
            && zip(end, suffix.utf8).allSatisfy { lowered($0) == lowered($1) }
    }
}

private func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
