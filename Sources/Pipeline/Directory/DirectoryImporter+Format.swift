extension DirectoryImporter {
    /// What an export is written in. All that is asked of a format beside its reader (``ExportReading``) is said here.
    package enum Format: String, Sendable, CaseIterable {
        case aaf1d
        case ondeCSV = "onde-csv"
        case ndjson
        /// The ENT's preference documents, one a line.
        case preferences

        /// One JSON object a line, in a file of its own.
        package var isLines: Bool { self == .ndjson || self == .preferences }

        /// In which it can be imported; the first is meant where nothing is said.
        package var modes: [Mode] {
            switch self {
            case .aaf1d: [.complete, .delta]
            case .ondeCSV: [.complete]
            case .ndjson, .preferences: [.delta]
            }
        }

        /// Its files do not say whose they are.
        package var needsSchool: Bool { self == .ondeCSV }

        /// In a sentence.
        package var label: String {
            switch self {
            case .aaf1d: "AAF 1D"
            case .ondeCSV: "ONDE CSV"
            case .ndjson, .preferences: "NDJSON"
            }
        }

        /// All of them, as a sentence lists them.
        package static var list: String {
            let names = allCases.map(\.rawValue)
            return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
        }
    }

    package enum Mode: String, Sendable {
        case complete, delta
    }
}
