import DirectoryImport
import Domain
import Store

/// The ENT's own preference documents, for the day the switches of its web and apps come over.
extension DirectoryImporter {
    /// All lines or none: a mistake in the last of them changes nothing.
    func preferences(
        _ request: Request,
        into registry: Registry,
        limits: Limits,
        now: Instant
    ) async throws -> ImportReport {
        var records: [(user: String, record: PreferencesRecord?)] = []
        do {
            for path in request.paths {
                let file = path.split(separator: "/").last.map(String.init) ?? path
                _ = try PreferencesReader(file: file, limits: limits).read(path: path) { line in
                    records.append((line.record.user, line.operation == .upsert ? line.record : nil))
                }
            }
        } catch let error as ExportError {
            return try await registry.abandonImport(request.origin, failure: error.description, now: now)
        }
        return try await registry.importWishes(records, now: now, dryRun: request.isDryRun, origin: request.origin)
    }
}
