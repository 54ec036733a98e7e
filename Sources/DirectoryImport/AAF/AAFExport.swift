package import Domain

/// The files of one AAF export in reading order: by category, inside it by name.
package struct AAFExport: Sendable {
    package struct File: Hashable, Sendable {
        package let category: AAFCategory
        package let name: String
        package let path: String
        /// Told by the name; nil when it says neither `Complet` nor `Delta`.
        package let mode: AAFMode?
    }

    package let files: [File]
    /// XML files whose names say nothing to us; they are not read.
    package let warnings: [ImportWarning]

    /// Looks at names only. Files that are not XML (the DTD) are passed over.
    ///
    /// - Parameter paths: files and folders; of a folder its direct entries count, hidden ones excepted.
    /// - Throws: ``ExportError/unreadable(file:code:)`` for a path that cannot be looked at,
    ///   ``ExportError/tooLarge(file:line:what:limit:)`` beyond 10,000 files,
    ///   ``ExportError/missing(what:)`` when no file is one of AAF.
    package init(paths: [String]) throws(ExportError) {
        var files: [File] = []
        var warnings: [ImportWarning] = []
        for path in try FolderListing.files(at: paths) {
            let name = InputFile.baseName(of: path)
            if let file = File(name: name, path: path) {
                files.append(file)
            } else if name.hasSuffix(".xml", ignoringCase: true) {
                let detail = "The name is none of an AAF file; the file was not read."
                warnings.append(ImportWarning(file: name, line: 0, record: "", code: "unknownFile", detail: detail))
            }
        }
        guard !files.isEmpty else { throw .missing(what: "AAF file (..._Eleve_0000.xml)") }
        let order = AAFCategory.allCases
        self.files = files.sorted { lhs, rhs in
            guard lhs.category == rhs.category else {
                return (order.firstIndex(of: lhs.category) ?? 0) < (order.firstIndex(of: rhs.category) ?? 0)
            }
            return lhs.name < rhs.name
        }
        self.warnings = warnings.sorted { $0.file < $1.file }
    }
}

extension AAFExport.File {
    /// nil unless the name is `<anything>_<category>_<four digits>.xml`, in any letter case.
    init?(name: String, path: String) {
        guard name.hasSuffix(".xml", ignoringCase: true) else { return nil }
        let parts = name.capitalsOfASCII.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count >= 3, let serial = parts.last, serial.utf8.count == 4,
            serial.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let category = AAFCategory.allCases.first(where: { $0.rawValue.capitalsOfASCII == parts[parts.count - 2] })
        else { return nil }
        self.category = category
        self.name = name
        self.path = path
        mode = parts.contains("DELTA") ? .delta : parts.contains("COMPLET") ? .complete : nil
    }
}
