import Domain
import Store

/// Looks again at whom deliveries are for when they are loaded: hours, days and a night may lie between the expansion and this moment. Of
/// a page that is sent for the first time only the hour is looked at; of what waited everything. Used on one thread.
struct Recheck {
    private let queue: QueueReader
    private let registry: RegistryReader
    private let found: FoundPersons
    private let rules: Current<DeliveryRules>
    private let time: TimeSource

    /// What was found out about the persons of a page.
    struct Findings {
        /// Those who are not rung now.
        var verdicts: [PersonID: PersonalLook.Verdict] = [:]
        var unreadable: [UnreadableRowError] = []
        fileprivate var publication: Publication?
        fileprivate var look: PersonalLook?
    }

    init(
        queue: QueueReader,
        registry: RegistryReader,
        found: FoundPersons,
        rules: Current<DeliveryRules>,
        time: TimeSource
    ) {
        self.queue = queue
        self.registry = registry
        self.found = found
        self.rules = rules
        self.time = time
    }

    /// Three statements for the page; none where nothing can have changed: quiet hours have whole minutes, so of a page that is sent in the
    /// minute in which it was made the expansion has judged.
    func look(at page: StoredPage, of publication: Publication, slots: [Int], isRetry: Bool) throws -> Findings {
        let look = PersonalLook(rules.value, registry: registry)
        let now = time.now()
        guard page.lane != .nowhere else { return Findings() }
        guard isRetry || look.holdsUp(publication) && page.openedAt.minute != now.minute else { return Findings() }
        var findings = Findings(publication: publication, look: look)
        let persons = Set(slots.lazy.filter(page.plan.slots.indices.contains).map { page.plan.slots[$0].person })
        let concerned: ConcernedPersons
        switch try queue.concerned(of: page.event, part: page.part) {
        case .success(let persons): concerned = persons
        case .failure(let row):
            // Who is concerned through whom nobody knows: what was planned is sent.
            findings.unreadable.append(row)
            return findings
        }
        let planned = concerned.entries.filter { persons.contains($0.person) && $0.role != .pupilWithoutGuardian }
        try registry.snapshot { _ in
            let (entries, numbers) = try found.entries(planned, in: page.event)
            defer {
                for (person, own) in numbers {
                    for number in own { findings.verdicts[number] = findings.verdicts[person] }
                }
            }
            guard isRetry else {
                findings.verdicts = try look.waits(of: entries, in: publication, now: now).mapValues { .waits($0) }
                return
            }
            findings.verdicts = try look.verdicts(on: entries, of: publication, now: now)
            for person in try look.lost(of: entries, in: publication) {
                findings.verdicts[person] = .withheld(.noGuardian)
            }
        }
        return findings
    }

    /// What becomes of a delivery that is not sent now.
    func outcome(
        _ verdict: PersonalLook.Verdict,
        of page: StoredPage,
        _ slot: Int,
        attempts: Int,
        isRetry: Bool,
        _ findings: Findings
    ) -> Outcome {
        switch verdict {
        case .withheld(let reason):
            return Outcome(
                page: page.id,
                slot: slot,
                result: SlotResult(.withheld, reason: reason),
                attempts: attempts,
                isRetry: isRetry
            )
        case .waits(let wait):
            var expiresAt = page.expiresAt
            if let look = findings.look, let publication = findings.publication {
                expiresAt = look.expiry(publication, releasedAt: wait.dueAt, planned: expiresAt)
            }
            return Outcome(
                page: page.id,
                slot: slot,
                result: SlotResult(.deferred, reason: .quietHours),
                retryAt: wait.dueAt,
                quiet: .init(opensAt: wait.opensAt, expiresAt: expiresAt),
                group: .init(device: page.plan.slots[slot].device),
                attempts: attempts,
                isRetry: isRetry
            )
        }
    }
}

extension Instant {
    /// Since 1970. Those of every time zone begin with it.
    fileprivate var minute: Int64 { milliseconds / 60_000 }
}
