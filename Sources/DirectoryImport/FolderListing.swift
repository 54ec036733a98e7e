import Glibc

/// The names in a folder.
enum FolderListing {
    /// Beyond it the folder is surely the wrong one.
    static let namesMax = 10_000

    /// Hidden entries are left out; nil when the path is no folder.
    static func names(in path: String) throws(ExportError) -> [String]? {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else { throw .unreadable(file: InputFile.baseName(of: path), code: errno) }
            return nil
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            guard names.count < namesMax else {
                throw .tooLarge(file: InputFile.baseName(of: path), line: 0, what: "files", limit: namesMax)
            }
            names.append(name)
        }
        return names
    }
}
