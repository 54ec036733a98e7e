package import Domain

/// Reads the three extractions of ONDE, record by record, blocking. What is kept is bounded by the number of records a school can have
/// and by the bytes of a name.
package struct ONDEReader {
    /// Records of one file; the largest school of the first degree has fewer than a thousand pupils.
    package static let recordsMax = 20_000
    /// Bytes of a name or a label.
    static let nameBytesMax = 256

    private let limits: Limits

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// - Throws: ``ExportError``: ``ExportError/records(_:)`` when records of a file are not whole, all of them counted.
    package func read(_ export: ONDEExport) throws -> ONDEContents {
        var contents = ONDEContents(warningsMax: limits.importWarningsMax)
        for warning in export.warnings { contents.warnings.add(warning) }
        guard case .pupils(let pupils) = export.pupils.header,
            case .guardians(let guardians) = export.guardians.header,
            case .teachers(let teachers) = export.teachers.header
        else { preconditionFailure("An export has each file in its place") }
        contents.pupilFile = export.pupils.file.name
        contents.guardianFile = export.guardians.file.name
        contents.teacherFile = export.teachers.file.name
        try read(export.pupils, &contents) { cells, contents in
            if let pupil = ONDERecordBuilder.pupil(&cells, pupils, limits) { contents.add(pupil) }
        }
        guard !contents.pupils.isEmpty else {
            let what = "The extraction has no pupil: export it again."
            throw ExportError.unexpected(file: export.pupils.file.name, line: 1, what: what)
        }
        try read(export.guardians, &contents) { cells, contents in
            if let guardian = ONDERecordBuilder.guardian(&cells, guardians) { contents.guardians.append(guardian) }
        }
        try read(export.teachers, &contents) { cells, contents in
            if let teacher = ONDERecordBuilder.teacher(&cells, teachers) { contents.teachers.append(teacher) }
        }
        return contents
    }

    private func read(
        _ file: ONDEExport.File,
        _ contents: inout ONDEContents,
        _ take: (inout ONDECells, inout ONDEContents) -> Void
    ) throws {
        var faults = RecordFaults(file: file.file.name)
        let columns = file.file.header.count
        let peak = try file.file.read { record in
            guard record.number > 0 else { return }
            guard record.number <= Self.recordsMax else {
                // Beyond, records are only counted: a file of wrong ones says how many they are.
                if record.number == Self.recordsMax + 1, faults.total == 0 {
                    let limit = Self.recordsMax
                    throw ExportError.tooLarge(file: file.file.name, line: record.line, what: "records", limit: limit)
                }
                return faults.add(line: record.line, "Record \(record.number): more records than a school has.")
            }
            guard record.count >= file.header.columnsMin,
                (columns..<max(columns, record.count)).allSatisfy({ record.isBlank($0) })
            else {
                guard record.hasLineEnd || record.count >= columns else {
                    throw ExportError.endsEarly(file: file.file.name, line: record.line)
                }
                let what = "Record \(record.number) has \(record.count) cells, the header \(columns)."
                return faults.add(line: record.line, what)
            }
            if !record.hasLineEnd, record.count < columns {
                throw ExportError.endsEarly(file: file.file.name, line: record.line)
            }
            var cells = ONDECells(record: record)
            take(&cells, &contents)
            for fault in cells.faults { faults.add(line: record.line, fault) }
            for (code, detail) in cells.warnings {
                contents.warnings.add(
                    ImportWarning(
                        file: file.file.name,
                        line: record.line,
                        record: "\(record.number)",
                        code: code,
                        detail: detail
                    )
                )
            }
        }
        contents.peakBytes = max(contents.peakBytes, peak)
        try faults.check()
    }
}
