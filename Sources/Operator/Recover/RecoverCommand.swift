import ArgumentParser
import Domain
import Glibc
import Pipeline
import Store

struct RecoverCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Makes new stores of what can still be read of a damaged data folder.",
        discussion: """
            Reads around what is damaged, leaves out events that are not whole any more and names them, and proves the result with the deep \
            check. Who was shown names (looks) comes along. The folder is only read; make a copy of it before anything else all the same. Exit code 0 when nothing was lost, 7 when \
            something was, 6 when a service works on the folder.

            Example:
              carillon recover /var/backups/damaged --to /var/lib/carillon-new
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The damaged data folder.")
    var folder: String

    @Option(name: .customLong("to"), help: "The folder to make; it must not exist.")
    var target: String

    private static let files = ["queue.db", "registry.db"]

    /// Lost events named in a table; `-o json` has them all.
    private static let eventsShown = 20

    func run() async throws {
        let context = OperatorContext.current
        if case .process(let pid) = LockHolder.find(folder: folder) {
            throw OperatorError(.refused, say("process \(pid) works on \(folder)"), next: say("stop the service"))
        }
        guard Self.files.contains(where: { access(folder + "/" + $0, F_OK) == 0 }) else {
            throw OperatorError(
                .nothing,
                say("\(folder) holds no store"),
                why: say("neither \(Self.files.joined(separator: say(" nor "))) is there"),
                next: say("name the data folder, or a copy of it")
            )
        }
        try NewFolder.make(target)
        var report: RecoveryReport
        do {
            report = try Recovery.run(
                from: folder,
                to: target,
                actor: context.actor,
                seal: options.auditSeal(),
                now: context.time.now()
            )
        } catch {
            throw OperatorError(
                .store,
                say("the store in \(folder) cannot be recovered"),
                why: StoreError(error).said
            )
        }
        let held = HeldExports(folder: target + "/held", bytesMax: .max)
        do { report.notes += try held.take(report.heldFiles, from: folder + "/held") } catch {
            throw OperatorError(.failed, say("held exports cannot be copied"), why: "\(error)")
        }
        // They are on record beside the stores; one that is lost is none of these.
        do { _ = try LookLog(data: folder).copy(to: target) } catch {
            report.notes.append("looks cannot be copied: \(error)")
        }
        let made = Set(Self.files.filter { access(target + "/" + $0, F_OK) == 0 })
        for name in made.sorted() + [""] { try NewFolder.sync(target + "/" + name) }
        let object = json(report, now: options.renderer.now)
        try options.renderer.write(object, id: "folder") { lines(report) }
        try DoctorDeep(folder: target, isDeep: true).requireSound(made)
        guard !report.isWhole else { return }
        throw OperatorError(
            .partlyDone,
            say("something was lost"),
            next:
                say(
                    "the ENT may post the events that were lost again, under their identities; then carillon operation verify"
                )
        )
    }

    private func json(_ report: RecoveryReport, now: Instant) -> JSONObject {
        var files = JSONObject()
        for (file, tables) in report.rows.sorted(by: { $0.key < $1.key }) {
            var object = JSONObject()
            for (table, rows) in tables.sorted(by: { $0.key < $1.key }) {
                object[table] = ["saved": .number(rows.saved), "lost": .number(rows.lost)]
            }
            files[file] = .object(object)
        }
        return JSONObject([
            "at": .string(now.rfc3339), "folder": .string(target), "isWhole": .bool(report.isWhole),
            "rows": .object(files), "damagedPages": .number(report.damagedPages),
            "damagedLogs": .array(report.damagedLogs.map { .string($0) }),
            "eventsLost": .array(report.eventsLost.sorted().map { .string($0.description) }),
            "textsLost": .array(report.textsLost.sorted().map { .string($0.description) }),
            "registryOrphans": .number(report.registryOrphans), "notes": .array(report.notes.map { .string($0) }),
        ])
    }

    private func lines(_ report: RecoveryReport) -> [String] {
        var lines = [target]
        for (file, tables) in report.rows.sorted(by: { $0.key < $1.key }) {
            let saved = tables.values.reduce(0) { $0 + $1.saved }
            let lost = tables.values.reduce(0) { $0 + $1.lost }
            let events = tables["event"].map { say(", \($0.saved - report.eventsLost.count) events or more") } ?? ""
            lines.append(say("\(file)  \(saved) rows saved\(events), \(lost) lost"))
        }
        if report.damagedPages > 0 { lines.append(say("\(report.damagedPages) pages or cells cannot be read")) }
        lines += report.damagedLogs.map { say("\($0) is damaged: what was committed behind that is lost") }
        let lost = report.eventsLost.sorted()
        lines += lost.prefix(Self.eventsShown).map { say("lost  \($0)") }
        if lost.count > Self.eventsShown {
            lines.append(say("lost  and \(lost.count - Self.eventsShown) more; -o json has all"))
        }
        lines += report.textsLost.sorted().prefix(Self.eventsShown).map { say("text lost  \($0)") }
        if report.registryOrphans > 0 {
            lines.append(say("\(report.registryOrphans) devices or ties of nobody left out"))
        }
        lines += report.notes
        return report.isWhole ? lines + [say("nothing was lost")] : lines
    }
}
