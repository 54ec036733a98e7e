package import Domain

/// Reads an AAF 1D export record by record, in bounded memory, blocking.
///
/// Order: schools, pupils, relatives, staff; inside a category file by file, top to bottom. A person named as guardian
/// without a record of his or her own cannot be told here: whoever holds the records warns.
package struct AAFReader {
    private let mode: AAFMode
    private let limits: Limits
    private let xmlLimits: XMLLimits

    package init(mode: AAFMode, limits: Limits = Limits(), xmlLimits: XMLLimits = XMLLimits()) {
        self.mode = mode
        self.limits = limits
        self.xmlLimits = xmlLimits
    }

    /// - Parameters:
    ///   - export: its files are opened one after the other.
    ///   - sink: takes each operation; must be able to throw everything away, since a mistake may come last.
    /// - Returns: counts, warnings and headers.
    /// - Throws: ``ExportError`` when a file ends early, is not well-formed or is of the other mode, or when a complete
    ///   export lacks schools, pupils or relatives; what `sink` threw.
    package func read(_ export: AAFExport, into sink: (AAFOperation) throws -> Void) throws -> AAFSummary {
        try check(export)
        var summary = AAFSummary(warningsMax: limits.importWarningsMax)
        for warning in export.warnings { summary.warnings.add(warning) }
        var unknowns = UnknownNames()
        for file in export.files { try read(file, &summary, &unknowns, into: sink) }
        for warning in unknowns.warnings { summary.warnings.add(warning) }
        return summary
    }

    private func check(_ export: AAFExport) throws(ExportError) {
        if let file = export.files.first(where: { $0.mode != nil && $0.mode != mode }) {
            let what =
                mode == .complete ? "A delta was given as a complete export." : "A complete file was given as delta."
            throw .unexpected(file: file.name, line: 0, what: what)
        }
        guard mode == .complete else { return }
        // Without one of these a complete export would say that all pupils or all guardians are gone.
        for category in [AAFCategory.school, .pupil, .relative]
        where !export.files.contains(where: { $0.category == category }) {
            throw .missing(what: "\(category.rawValue) file")
        }
    }

    private func read(
        _ file: AAFExport.File,
        _ summary: inout AAFSummary,
        _ unknowns: inout UnknownNames,
        into sink: (AAFOperation) throws -> Void
    ) throws {
        let input = try InputFile(path: file.path)
        var parser = AAFRequestParser(file: file.name)
        var day: CalendarDay?
        try XMLReader(file: file.name, limits: xmlLimits).read { buffer in
            try input.read(into: buffer)
        } handler: { event in
            if case .comment(let comment) = event {
                try summary.take(header: comment, file: file.name, day: &day)
            }
            let request = try parser.take(event) { unknowns.count($0, file: file.name, line: $1, record: $2) }
            guard let request else { return }
            guard mode == .delta || request.kind == .add else {
                let what = "A complete export holds additions only."
                throw ExportError.unexpected(file: file.name, line: request.line, what: what)
            }
            var warnings: [ImportWarning] = []
            let action = withoutActuallyEscaping({ warnings.append($0) }) { warn in
                AAFRecordBuilder(
                    category: file.category,
                    file: file.name,
                    keyBytesMax: limits.identifierBytesMax,
                    warn: warn
                ).action(of: request)
            }
            for warning in warnings { summary.warnings.add(warning) }
            guard let action else { return }
            summary.count(action)
            try sink(AAFOperation(action: action, file: file.name, line: request.line, day: day))
        }
    }
}
