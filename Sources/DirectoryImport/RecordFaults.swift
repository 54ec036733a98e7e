package import Domain

/// The lines or records of one file that cannot be taken: all are counted, the first ones are kept.
package struct RecordFaults: Hashable, Sendable {
    package struct Fault: Hashable, Sendable {
        /// From 1.
        package var line: Int
        /// A sentence; quotes nothing of the record.
        package var what: String
    }

    /// Faults kept; who mends a file mends the first ones and sees the kind of the rest.
    package static let keptMax = 100
    /// Faults that the error's sentence tells; the others are warnings of the report.
    private static let toldMax = 5

    package let file: String
    package private(set) var kept: [Fault] = []
    package private(set) var total = 0

    package init(file: String) { self.file = file }

    package mutating func add(line: Int, _ what: @autoclosure () -> String) {
        total += 1
        if kept.count < Self.keptMax { kept.append(Fault(line: line, what: what())) }
    }

    /// - Throws: ``ExportError/records(_:)`` when there is a fault.
    package func check() throws(ExportError) {
        if total > 0 { throw .records(self) }
    }

    /// The faults kept, for the report of an import that failed.
    package var warnings: [ImportWarning] {
        kept.map { ImportWarning(file: file, line: $0.line, record: "", code: "wrongRecord", detail: $0.what) }
    }
}

extension RecordFaults: CustomStringConvertible {
    package var description: String {
        let told = kept.prefix(Self.toldMax).map { "\(file):\($0.line): \($0.what)" }.joined(separator: " ")
        let more = total - min(total, Self.toldMax)
        return more == 0 ? told : told + " And \(more) more; mend them and send the file again."
    }
}
