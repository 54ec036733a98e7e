import Domain
import Settings
import Store

/// The promises of a store, live or copied, checked row by row.
struct DoctorDeep {
    let folder: String
    /// false: only the files themselves.
    let isDeep: Bool

    /// - Throws: exit code 1 after the answer is written when a promise is broken, 5 when a file cannot be opened.
    func run(_ renderer: Renderer) throws {
        let report = try report()
        try renderer.write(json(report, now: renderer.now), id: "folder") { lines(report) }
        try refuseViolations(report)
    }

    /// As `run`, saying nothing; of the stores only those that are named.
    func requireSound(_ files: Set<String> = ["queue.db", "registry.db"]) throws {
        try refuseViolations(try report(files))
    }

    private func report(_ files: Set<String> = ["queue.db", "registry.db"]) throws -> ConservationReport {
        do {
            let stores = Settings.stores(in: folder)
            return try check(
                files.contains("queue.db") ? try stores.queueReader() : nil,
                files.contains("registry.db") ? try stores.registryReader(seal: nil) : nil
            )
        } catch {
            throw OperatorError.store(error, in: folder)
        }
    }

    private func refuseViolations(_ report: ConservationReport) throws {
        guard report.violationsTotal == 0 else {
            throw OperatorError(
                .failed,
                say("\(report.violationsTotal) promises of the store are broken"),
                next: say("keep a copy of \(folder) before anything else; runbook, The store is damaged")
            )
        }
    }

    private func check(_ queue: QueueReader?, _ registry: RegistryReader?) throws -> ConservationReport {
        var report = ConservationReport()
        if let queue, isDeep {
            var conservation = Conservation(queue)
            report = try conservation.check()
        } else if let queue {
            for line in try queue.integrity() { report.add(.integrity, "queue.db", line) }
        }
        if let registry { report.add(try registry.violations()) }
        return report
    }

    private func json(_ report: ConservationReport, now: Instant) -> JSONObject {
        let counts = report.counts
        var object = JSONObject()
        object["at"] = .string(now.rfc3339)
        object["source"] = "store"
        object["folder"] = .string(folder)
        object["isDeep"] = .bool(isDeep)
        object["isSound"] = .bool(report.violationsTotal == 0)
        object["checked"] = [
            "events": .number(counts.events), "pages": .number(counts.pages), "deliveries": .number(counts.deliveries),
            "persons": .number(counts.persons), "pending": .number(counts.pending),
            "deferred": .number(counts.deferred), "dead": .number(counts.dead),
        ]
        object["violationsTotal"] = .number(report.violationsTotal)
        object["violations"] = .array(
            report.violations.map {
                ["rule": .string($0.rule.rawValue), "id": .string($0.id), "detail": .string($0.detail)]
            }
        )
        return object
    }

    private func lines(_ report: ConservationReport) -> [String] {
        let counts = report.counts
        var lines = ["\(folder)"]
        if isDeep {
            lines.append(
                say(
                    "checked   \(counts.events) events, \(counts.pages) pages, \(counts.deliveries) deliveries, \(counts.persons) persons"
                )
            )
            lines.append(say("to do     pending \(counts.pending), deferred \(counts.deferred); dead \(counts.dead)"))
        }
        if report.violationsTotal == 0 { return lines + [say("ok        no promise is broken")] }
        lines += report.violations.map { say("BROKEN    \($0.rule.rawValue)  \($0.id): \($0.detail)") }
        if report.violationsTotal > report.violations.count {
            lines.append(say("BROKEN    and \(report.violationsTotal - report.violations.count) more"))
        }
        return lines
    }
}
