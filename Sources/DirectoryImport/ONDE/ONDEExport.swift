package import Domain

/// The three extractions of ONDE of one school. Which file is which is told by its header, not by its name.
package struct ONDEExport {
    struct File {
        let file: CSVFile
        let header: ONDEHeader
    }

    let pupils: File
    let guardians: File
    let teachers: File
    /// Files that are no CSV; they are not read.
    package let warnings: [ImportWarning]

    /// - Parameter paths: files and folders; of a folder its direct entries count, hidden ones excepted.
    /// - Throws: ``ExportError/missing(what:)`` when one of the three is not there; ``ExportError/unexpected(file:line:what:)`` for a
    ///   CSV file that is none of the three, or two of one kind; ``ExportError``.
    package init(paths: [String]) throws {
        var files: [String: File] = [:]
        var warnings: [ImportWarning] = []
        for path in try FolderListing.files(at: paths) {
            let name = InputFile.baseName(of: path)
            guard [".csv", ".txt", ".tsv"].contains(where: { name.hasSuffix($0, ignoringCase: true) }) else {
                let detail = "The file is no CSV; it was not read."
                warnings.append(ImportWarning(file: name, line: 0, record: "", code: "unknownFile", detail: detail))
                continue
            }
            let file = try CSVFile(path: path) { ONDEHeader($0) != nil }
            guard let header = ONDEHeader(file.header) else { continue }
            if let first = files[header.name] {
                let what =
                    "The extraction of \(header.name) is there already, as \(first.file.name); keep the newer one."
                throw ExportError.unexpected(file: name, line: 1, what: what)
            }
            files[header.name] = File(file: file, header: header)
        }
        func file(_ name: String) throws(ExportError) -> File {
            guard let file = files[name] else {
                throw .missing(
                    what: "extraction of the \(name); an export of ONDE has pupils, responsables and teachers"
                )
            }
            return file
        }
        pupils = try file("pupils")
        guardians = try file("responsables")
        teachers = try file("teachers")
        self.warnings = warnings.sorted { $0.file < $1.file }
    }
}
