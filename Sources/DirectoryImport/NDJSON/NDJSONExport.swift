package import Domain

/// The files of an export of NDJSON, by name.
package struct NDJSONExport: Sendable {
    package struct File: Hashable, Sendable {
        package let name: String
        package let path: String
    }

    package let files: [File]
    /// Other files of a folder or archive; they are not read.
    package let warnings: [ImportWarning]

    /// A file given alone may have any name; of several those count whose names end with `.ndjson` or `.jsonl`, in any letter case.
    ///
    /// - Parameter paths: files and folders; of a folder its direct entries count, hidden ones excepted.
    /// - Throws: ``ExportError/missing(what:)`` when there is none.
    package init(paths: [String]) throws(ExportError) {
        let candidates = try FolderListing.files(at: paths).map { File(name: InputFile.baseName(of: $0), path: $0) }
        let isAlone = candidates.count == 1
        func counts(_ file: File) -> Bool {
            isAlone || [".ndjson", ".jsonl"].contains { file.name.hasSuffix($0, ignoringCase: true) }
        }
        files = candidates.filter(counts).sorted { $0.name < $1.name }
        warnings = candidates.filter { !counts($0) }.map { file in
            let detail = "The name does not end with .ndjson; the file was not read."
            return ImportWarning(file: file.name, line: 0, record: "", code: "unknownFile", detail: detail)
        }
        guard !files.isEmpty else { throw .missing(what: "NDJSON file (name.ndjson)") }
    }
}
