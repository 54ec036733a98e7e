package import Delivery
package import Domain
package import Logging
import Providers
package import Store
import Synchronization
package import Telemetry

/// Turns accepted events into pages: reads the audience, cuts it, commits step by step with a durable cursor. The first pages are sent while
/// the rest of the audience is still being read.
///
/// Many small events share a commit; large ones take turns with them: after each step an event goes to the end of the line. On a
/// thread of its own.
package actor Expander {
    private struct Work {
        var event: StoredEvent
        var publication: Publication
        /// Stands behind the last person whose pages exist.
        var audience: AudienceReading
        var withheldForAll: Reason?
        /// Events that say the same and are expanded before this one.
        var mergedWith: [EventID]
        var part: Int
    }

    /// The next step of an event, not committed yet.
    private struct Cut {
        var step: ExpansionStep
        /// Stands behind its last person.
        var audience: AudienceReading
    }

    /// Events that share a commit, and about as many are read ahead.
    private static let stepsPerCommit = 256
    /// Persons of the first step of a large event: so few that the first of them are rung before the eye sees a delay.
    private static let personsOfFirstStep = 256

    private let executor = ThreadExecutor("expander")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let queue: QueueStore
    let reader: QueueReader
    let registry: RegistryReader
    let dispatcher: Dispatcher
    let publisherSchools: @Sendable (String) -> Set<String>?
    private let activeByDefault: Bool
    private let deviceAgeMax: Duration
    private let mergeWindow: Current<Duration>
    private let rules: Current<DeliveryRules>
    let limits: Limits
    let time: TimeSource
    private let logger: Logger
    private let spans: EventSpans?
    private let knownLanes: SharedLaneTable
    /// As they were when the round began, and those opened or refused since.
    private var lanes: LaneTable
    private var line: [Work] = []
    private var known: Set<EventID> = []
    /// Events that cannot be read, with the time they are given up; due in the store until then, and not read again.
    private var unreadable: [EventID: Instant] = [:]
    private let isStopping = Atomic(false)
    private let wakes: AsyncStream<Void>
    private nonisolated let wakeUp: AsyncStream<Void>.Continuation

    /// `deviceAgeMax`: a device that has not registered for longer is not rung.
    /// `mergeWindow`: events that say the same within it ring a person once; zero: each rings.
    /// `spans`: where the end of an expansion is told; nil: nobody traces.
    /// `publisherSchools`: the schools a publisher is bound to, by its name; nil: all.
    package init(
        queue: QueueStore,
        dispatcher: Dispatcher,
        stores: any Stores,
        lanes: SharedLaneTable,
        activeByDefault: Bool,
        deviceAgeMax: Duration,
        publisherSchools: @escaping @Sendable (String) -> Set<String>?,
        mergeWindow: Current<Duration> = Current(.zero),
        rules: Current<DeliveryRules> = Current(.none),
        limits: Limits,
        time: TimeSource,
        spans: EventSpans? = nil,
        logger: Logger
    ) throws {
        self.queue = queue
        self.dispatcher = dispatcher
        knownLanes = lanes
        self.lanes = lanes.value
        self.activeByDefault = activeByDefault
        self.deviceAgeMax = deviceAgeMax
        self.publisherSchools = publisherSchools
        self.mergeWindow = mergeWindow
        self.rules = rules
        self.limits = limits
        self.time = time
        self.spans = spans
        self.logger = logger
        reader = try stores.queueReader()
        registry = try stores.registryReader(seal: nil)
        // One waiting wake-up says all: the store knows what is due.
        (wakes, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// A new event is on the disk. From any thread.
    package nonisolated func wake() { wakeUp.yield() }

    /// Ends ``run()`` after the step that is under way.
    package nonisolated func stop() {
        isStopping.store(true, ordering: .relaxed)
        wakeUp.finish()
    }

    /// Runs until stopped. What is not expanded yet stays in the store with its cursor.
    package func run() async throws {
        wake()
        try await withThrowingDiscardingTaskGroup { group in
            // Scheduled events become due without anybody calling: look each second, one indexed question.
            group.addTask { [wakeUp] in
                while !Task.isCancelled {
                    do { try await sleepToNext(.seconds(1)) } catch { return }
                    wakeUp.yield()
                }
            }
            for await _ in wakes {
                do throws(StoreError) {
                    try await work()
                } catch {
                    // Full or overloaded: nothing is lost, the events wait; anything fatal ends the process by itself.
                    logger.error("expansion failed, will be tried again", metadata: ["error": "\(error)"])
                    do { try await Task.sleep(for: .seconds(1)) } catch { break }
                }
            }
            group.cancelAll()
        }
    }

    /// Expands whatever is due, to its end. After an error everything that is left is due again with the next call.
    func work() async throws(StoreError) {
        do { try await expandDue() } catch {
            line.removeAll()
            known.removeAll()
            throw error
        }
    }

    private func expandDue() async throws(StoreError) {
        try await giveUp()
        try takeDue()
        lanes = knownLanes.value
        while !line.isEmpty, !isStopping.load(ordering: .relaxed) {
            let (cuts, unopened) = try cutRound()
            if unopened.isEmpty {
                try await commit(cuts)
                // A lane may have been closed, a refused one may get its place now.
                lanes = knownLanes.value
                try takeDue()
            } else {
                try await open(unopened)
            }
        }
    }

    private func takeDue() throws(StoreError) {
        guard line.count < Self.stepsPerCommit else { return }
        do {
            // Events already in line are still due in the store: ask for as many more.
            let due = try reader.dueEvents(
                now: time.now(),
                limit: known.count + unreadable.count + Self.stepsPerCommit
            ).filter { !known.contains($0) && unreadable[$0] == nil }
            let rows = try reader.eventsWithText(due)
            for id in due {
                switch rows[id] {
                case .success((let event, let publication)):
                    line.append(try work(on: event, publication))
                    known.insert(id)
                case .failure(let row): try passOver(row)
                // It was pruned between the two reads.
                case nil: break
                }
            }
        } catch { throw StoreError(error) }
    }

    /// An event that cannot be read does not hold up the others: it stays where it is, for an operator and the next start, and ends with
    /// its time to live.
    private func passOver(_ row: UnreadableRowError) throws {
        let event = EventID(rawValue: row.id)
        queue.unreadable.note(row)
        known.remove(event)
        unreadable[event] = try reader.expiry(of: event) ?? time.now()
    }

    private func giveUp() async throws(StoreError) {
        let now = time.now()
        let over = unreadable.filter { $0.value <= now }.map(\.key)
        guard !over.isEmpty else { return }
        _ = try await queue.giveUp(events: over, now: now)
        // One with pages that the sweeper has not ended yet is tried again.
        for event in over { unreadable[event] = now + .seconds(60) }
        do {
            let due = Set(try reader.dueEvents(now: now, limit: known.count + unreadable.count + Self.stepsPerCommit))
            for event in over where !due.contains(event) { unreadable[event] = nil }
        } catch { throw StoreError(error) }
    }

    private func work(on event: StoredEvent, _ publication: Publication) throws -> Work {
        let resolver = resolver(now: time.now())
        let audience = try resolver.audience(
            of: publication,
            acceptedAt: event.acceptedAt,
            schools: publisherSchools(event.publisher),
            above: PersonID(rawValue: event.cursor)
        )
        return Work(
            event: event,
            publication: publication,
            audience: audience,
            withheldForAll: try resolver.withheldForAll(publication),
            mergedWith: event.mergedWith,
            part: event.parts
        )
    }

    /// A step of each event at the head of the line, together at most ``Limits/personsPerExpansion`` persons: what one commit holds.
    private func cutRound() throws(StoreError) -> (cuts: [Cut], unopened: Set<LaneKey>) {
        let now = time.now()
        let resolver = resolver(now: now)
        var cuts: [Cut] = []
        var unopened: Set<LaneKey> = []
        var personsLeft = limits.personsPerExpansion
        do {
            let ready = try putMergedBehind()
            try registry.snapshot { _ in
                while personsLeft > 0, cuts.count < Self.stepsPerCommit, cuts.count < ready {
                    let cut = try cut(line[cuts.count], personsMax: personsLeft, resolver, now: now, &unopened)
                    personsLeft -= max(1, cut.step.concerned.entries.count)
                    cuts.append(cut)
                }
            }
        } catch { throw StoreError(error) }
        return (cuts, unopened)
    }

    /// What says the same as another event in line is expanded behind it, so that it finds in the store whom that one rings.
    ///
    /// - Returns: how many at the head of the line wait for none.
    private func putMergedBehind() throws -> Int {
        let window = mergeWindow.value
        guard window > .zero else { return line.count }
        for index in line.indices where line[index].part == 0 {
            line[index].mergedWith = try reader.sayingTheSame(as: line[index].event.id, within: window)
        }
        let inLine = Set(line.map(\.event.id))
        let isBehind = { (work: Work) in work.part == 0 && !inLine.isDisjoint(with: work.mergedWith) }
        let ready = line.filter { !isBehind($0) }
        // The first of those that say the same waits for none.
        guard !ready.isEmpty, ready.count < line.count else { return line.count }
        line = ready + line.filter(isBehind)
        return ready.count
    }

    /// Opens the lanes of push services met for the first time; the round is cut anew with them.
    func open(_ services: Set<LaneKey>) async throws(StoreError) {
        for service in services.sorted(by: { $0.serviceName < $1.serviceName }) {
            let lane: LaneID?
            do { lane = try await dispatcher.openLane(of: service) } catch { throw StoreError(error) }
            if let lane {
                lanes.add(lane, name: service.serviceName, for: service)
            } else {
                lanes.close(service: service)
            }
        }
    }

    func resolver(now: Instant) -> Resolver {
        Resolver(
            registry: registry,
            lanes: lanes,
            activeByDefault: activeByDefault,
            seenSince: now - deviceAgeMax,
            rules: rules.value
        )
    }

    private func cut(
        _ work: Work,
        personsMax: Int,
        _ resolver: Resolver,
        now: Instant,
        _ unopened: inout Set<LaneKey>
    ) throws -> Cut {
        var audience = work.audience
        let isLarge = audience.size > Scheduler.bulkDeliveries
        let max = work.part == 0 && isLarge ? min(Self.personsOfFirstStep, personsMax) : personsMax
        let persons = try audience.next(max: max, from: registry)
        var cutter = PageCutter()
        let rung = persons.filter { $0.role != .author }
        let merged =
            work.mergedWith.isEmpty ? [:] : try reader.coverage(by: work.mergedWith, of: Set(rung.map(\.person)))
        let resolved = try resolver.routes(
            of: rung,
            in: work.publication,
            withheldForAll: work.withheldForAll,
            now: now
        )
        for resolved in resolved {
            unopened.formUnion(resolved.unopened)
            queue.unreadable.note(resolved.unreadable)
            cutter.add(
                resolved,
                hasExpired: work.event.expiresAt <= now,
                isMerged: merged[resolved.person.person] != nil
            )
        }
        let step = ExpansionStep(
            event: work.event.id,
            part: work.part,
            pages: cutter.pages(),
            concerned: concerned(persons, audience),
            cursor: persons.last?.person.rawValue ?? work.event.cursor,
            isLast: audience.isAtEnd,
            expiresAt: work.event.expiresAt,
            timeToLive: work.publication.expiresAt == nil ? rules.value.timeToLive(work.publication) : nil,
            isUrgent: work.event.urgency == .urgent,
            pupils: audience.pupils,
            unknownUsers: audience.unknownUsers,
            mergedWith: work.mergedWith
        )
        return Cut(step: step, audience: audience)
    }

    /// One commit for the whole round: a small event costs a share of it, not a commit of its own. An event that is not wholly expanded
    /// goes to the end of the line.
    private func commit(_ cuts: [Cut]) async throws(StoreError) {
        let round = line.prefix(cuts.count)
        let steps = await tagged(cuts.map(\.step), of: round)
        let made = try await queue.append(steps, now: time.now())
        let onDisk = time.now()
        await dispatcher.add(made.flatMap { ($0.value ?? nil) ?? [] })
        line.removeFirst(cuts.count)
        for (work, (cut, entries)) in zip(round, zip(cuts, made)) {
            switch entries {
            case .success(_?) where !cut.step.isLast: again(work, behind: cut)
            case .success:
                known.remove(work.event.id)
                spans?.expanded(work.event.id, at: onDisk)
            case .failure(let row): do { try passOver(row) } catch { throw StoreError(error) }
            }
        }
    }

    private func again(_ work: Work, behind cut: Cut) {
        var work = work
        work.audience = cut.audience
        work.event.cursor = cut.step.cursor
        work.part += 1
        line.append(work)
    }

    private func tagged(_ steps: [ExpansionStep], of round: ArraySlice<Work>) async -> [ExpansionStep] {
        var flows: [(flow: Scheduler.Flow, count: Int)] = []
        for (step, work) in zip(steps, round) {
            // About 1.4 devices a person is what school accounts have; only the order of magnitude matters for the weight.
            let weight = Scheduler.weight(work.event.urgency, deliveries: work.audience.size * 14 / 10)
            for page in step.pages {
                flows.append(
                    (
                        Scheduler.Flow(lane: page.lane, school: work.event.school ?? "", weight: weight),
                        page.plan.slots.count
                    )
                )
            }
        }
        var tags = await dispatcher.tags(for: flows)[...]
        var steps = steps
        for index in steps.indices {
            for page in steps[index].pages.indices { steps[index].pages[page].tag = tags.removeFirst() }
        }
        return steps
    }

    /// `audience`: stands behind these persons.
    private func concerned(_ persons: [Audience.Person], _ audience: AudienceReading) -> ConcernedPersons {
        var entries = persons.map { ConcernedPersons.Entry(person: $0.person, role: $0.role, through: $0.through) }
        // Told once, when all are known; after a restart they are counted anew.
        if audience.isAtEnd {
            // Pupils and persons share one space of ids, but a pupil without guardian may also be named directly.
            entries += audience.pupilsWithoutGuardian.map {
                .init(person: $0, role: .pupilWithoutGuardian, through: [])
            }
            entries.sort { ($0.person, $0.role.rawValue) < ($1.person, $1.role.rawValue) }
        }
        return ConcernedPersons(entries: entries)
    }
}
