import Domain
import Store

/// Writes imports into the sealed log of operations: who, which file, the difference in numbers. No names of persons.
struct ImportLog {
    let queue: QueueStore

    /// Nothing is written of a dry run and of an export that failed: they changed nothing.
    func keep(
        _ report: ImportReport,
        format: String,
        _ origin: ImportOrigin,
        verb: String = "directory.import",
        why: String = "",
        now: Instant
    ) async throws(StoreError) {
        guard report.state == .applied || report.state == .held else { return }
        let source = origin.source.isEmpty ? "" : " " + String(origin.source.prefix(200))
        try await queue.keep(
            InstantOperation(
                actor: origin.actor.isEmpty ? "unknown" : origin.actor,
                verb: verb,
                filter:
                    "\(report.id) \(report.state.rawValue), \(format) \(origin.mode)\(source): \(Self.text(report.diff))",
                why: why,
                changed: report.state == .applied ? report.changes : 0
            ),
            now: now
        )
    }

    /// `pupils +3 ~1 -2, links +4`; `no difference`.
    static func text(_ diff: ImportReport.Diff) -> String {
        let kinds: [(String, ImportReport.Change)] = [
            ("schools", diff.schools), ("classes", diff.classes), ("groups", diff.groups), ("pupils", diff.pupils),
            ("guardians", diff.guardians), ("staff", diff.staff), ("links", diff.links), ("users", diff.users),
        ]
        let texts = kinds.compactMap { name, change -> String? in
            let parts = [("+", change.added), ("~", change.changed), ("-", change.removed)].filter { $0.1 > 0 }
            return parts.isEmpty ? nil : name + parts.map { " \($0.0)\($0.1)" }.joined()
        }
        return texts.isEmpty ? "no difference" : texts.joined(separator: ", ")
    }
}
