import API
import Contract
import Domain
import FoundationEssentials
import Providers
import Settings
import Store

/// The store, who works on it, the service and its clock and descriptors.
struct StoreFindings {
    /// The quick check holds one snapshot; longer would keep the log from being taken over.
    private static let checkLimit = Duration.seconds(3)

    let settings: Settings
    let context: OperatorContext

    func all() async -> [Finding] {
        let holder = LockHolder.find(folder: settings.data)
        var findings = [lock(holder)]
        let inspection: Inspection
        do { inspection = try Inspection(settings) } catch {
            return findings + [Self.failed(say("store"), error)]
        }
        findings += store(inspection)
        findings += RowFindings(inspection: inspection, keys: settings.storage.keys).all()
        findings += alarms(inspection)
        findings += await service(inspection, holder)
        do {
            let clock = try await ClockFacts.read(inspection, context: context)
            findings.append(Self.clock(clock))
        } catch {
            findings.append(Self.failed(say("clock"), error))
        }
        return findings
    }

    private func lock(_ holder: LockHolder.Answer) -> Finding {
        switch holder {
        case .nobody:
            .warn(say("process"), say("nobody holds the data folder's lock: no service runs"), next: "carillon serve")
        case .process(let pid):
            .ok(
                say("process"),
                say("\(LockHolder.name(of: pid) ?? say("a process")), pid \(digits: pid), holds the lock")
            )
        case .unknown: .warn(say("process"), say("the system does not tell who holds the lock"))
        }
    }

    private func store(_ inspection: Inspection) -> [Finding] {
        var findings: [Finding] = []
        do {
            let health = try inspection.ask { try $0.health() }
            let known = QueueReader.schemaKnown
            let free = health.pages == 0 ? 0 : health.freePages * 100 / health.pages
            let what =
                say(
                    "schema \(digits: health.schema), epoch \(digits: health.epoch ?? 0), free pages \(free) %, SQLite \(health.sqlite)"
                )
            findings.append(
                health.schema == known
                    ? .ok(say("store"), what)
                    : .fail(
                        say("store"),
                        say("\(what); this release knows schema \(digits: known)"),
                        next: say("use the release the service runs")
                    )
            )
            findings.append(.check("queue.db", try inspection.queue.quickCheck(limit: Self.checkLimit)))
            findings.append(.check("registry.db", try inspection.registry.quickCheck(limit: Self.checkLimit)))
        } catch {
            findings.append(Self.failed(say("store"), error))
        }
        let wal = StoreFiles(folder: settings.data).walBytes
        findings.append(
            wal > StoreFiles.walBytesMax
                ? .warn(
                    "wal",
                    say("\(StoreFiles.text(wal)): it is not taken over"),
                    next: say("end long-running readers of queue.db")
                )
                : .ok("wal", StoreFiles.text(wal))
        )
        return findings
    }

    private func alarms(_ inspection: Inspection) -> [Finding] {
        do {
            return try LaneAlarmFacts(inspection).alarms.map { name, alarm in
                alarm == .removalsFrozen
                    ? .fail(say("lane \(name)"), say(known: alarm.sentence), next: "carillon lane removals \(name)")
                    : .warn(
                        say("lane \(name)"),
                        say(known: alarm.sentence),
                        next: say("runbook, Removals are frozen; carillon device restore")
                    )
            }
        } catch { return [Self.failed(say("lanes"), error)] }
    }

    private func service(_ inspection: Inspection, _ holder: LockHolder.Answer) async -> [Finding] {
        guard let status = await AdminClient.status(inspection.adminSocket) else {
            let isRunning = if case .process = holder { true } else { false }
            return [
                isRunning
                    ? .fail(
                        say("service"),
                        say("it runs, but does not answer on \(inspection.adminSocket) within a second"),
                        next: say("run as the socket's user; else look at its log")
                    )
                    : .warn(
                        say("service"),
                        say("it does not answer on \(inspection.adminSocket)"),
                        next: "carillon serve"
                    )
            ]
        }
        let pid = status.processID
        var findings: [Finding] = []
        findings.append(
            status.notReady.isEmpty
                ? .ok(say("service"), say("pid \(digits: pid), version \(status.version), ready"))
                : .fail(
                    say("service"),
                    say("not ready: \(status.notReady.map(say(known:)).joined(separator: "; "))"),
                    next: "carillon queue status"
                )
        )
        if let broker = status.broker {
            findings.append(.fail("broker", broker, next: "nats in the configuration; the server's log"))
        }
        if case .process(let other) = holder, Int(other) != pid {
            findings.append(
                .warn(
                    say("service"),
                    say("pid \(digits: pid) answers, but pid \(digits: other) holds the lock"),
                    next: say("is listen.admin another's socket?")
                )
            )
        }
        findings += status.lanes.map { Self.finding(of: $0, now: context.time.now()) }
        let needed = DescriptorPlan.needed(lanes: settings.providers.lanesToPlanFor)
        if let finding = Descriptors.finding(pid: pid, needed: needed) { findings.append(finding) }
        return findings
    }

    private static func finding(of lane: LaneView, now: Instant) -> Finding {
        let (subject, next) = (say("lane \(lane.lane)"), "carillon lane show \(lane.lane)")
        let reason = lane.standingText(now: now)
        switch lane.state {
        case "active": return .ok(subject, say("active"))
        case "credentialFault":
            return .fail(subject, say("the provider refuses the credential\(reason)"), next: next)
        default: return .warn(subject, LaneWord.said(lane.state) + reason, next: next)
        }
    }

    private static func clock(_ facts: ClockFacts) -> Finding {
        if facts.offSeconds >= 5 {
            return .fail(say("clock"), facts.sentence, next: say("set the clock; see timedatectl"))
        }
        if facts.isSynchronised == false {
            return .warn(say("clock"), say("\(facts.sentence), but not synchronised"), next: "timedatectl set-ntp true")
        }
        return .ok(say("clock"), facts.sentence + (facts.isSynchronised == true ? say(", synchronised") : ""))
    }

    private static func failed(_ subject: String, _ error: any Error) -> Finding {
        guard let failure = error as? OperatorError else { return .fail(subject, "\(error)") }
        return .fail(
            subject,
            [failure.what, failure.why].compactMap { $0 }.joined(separator: say(": ")),
            next: failure.next
        )
    }
}

extension Finding {
    /// Of `PRAGMA quick_check`: nil was cut.
    fileprivate static func check(_ file: String, _ wrong: [String]?) -> Finding {
        guard let wrong else { return .ok(file, say("nothing wrong found in 3 s; the check was cut there")) }
        return wrong.isEmpty
            ? .ok(file, say("quick_check finds nothing wrong"))
            : .fail(
                file,
                wrong.joined(separator: "; "),
                next: say("stop the service, keep a copy of the folder, restore the last backup")
            )
    }
}

/// File descriptors of the service: each connection takes one.
enum Descriptors {
    private static let freeMin = 256
    private static var remedy: String { say("LimitNOFILE=65536 in the unit") }

    /// nil when the system does not tell. `needed`: what the service refuses to start below.
    static func finding(pid: Int, needed: Int) -> Finding? {
        guard let limits = SystemFile.text("/proc/\(pid)/limits"), let (soft, hard) = limit(limits) else { return nil }
        // Another user's service does not say what it has open.
        let used: Int?
        do { used = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count } catch { used = nil }
        return finding(soft: soft, hard: hard, needed: needed, used: used)
    }

    static func finding(soft: Int, hard: Int, needed: Int, used: Int?) -> Finding {
        let inUse = used.map { say("\(digits: $0) in use, ") } ?? ""
        let what = say(
            "\(inUse)soft limit \(digits: soft), hard limit \(digits: hard), \(digits: needed) needed with these lanes"
        )
        // With less than that free, a crowd of connections waits to be accepted.
        let isShort = soft < max(needed, 1024) || used.map { soft - $0 < freeMin } ?? false
        return isShort ? .warn(say("descriptors"), what, next: remedy) : .ok(say("descriptors"), what)
    }

    /// `Max open files            1024                 524288               files` [proc(5)]; `unlimited` is as good as any number.
    static func limit(_ text: String) -> (soft: Int, hard: Int)? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }) else {
            return nil
        }
        let words = line.split(separator: " ").dropFirst(3).prefix(2).compactMap {
            $0 == "unlimited" ? 1 << 30 : Int($0)
        }
        return words.count == 2 ? (words[0], words[1]) : nil
    }
}
