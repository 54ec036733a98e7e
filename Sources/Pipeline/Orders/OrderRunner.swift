import Delivery
package import Domain
package import Logging
package import Store
import Synchronization

/// Carries out operators' bulk orders: counts, writes down, changes slice by slice, one order after the other. On a thread of its own.
///
/// What was begun goes on after a restart behind its cursor, and can be cancelled between two slices. Between the count and the change the
/// world moves on: what has ended meanwhile is skipped and counted, never changed.
package actor OrderRunner {
    /// Pages of one commit; ``OrderVerb/deliveriesPerCommit`` bounds it, too.
    private static let pagesPerCommit = 50
    /// Pages that are counted at once: one statement says which of their events were taken back.
    private static let pagesPerLook = 100
    private static let eventsShown = 5
    /// No operation has this number.
    private static let unknownWork: Int64 = 0
    private static let sampleMax = 3

    private let executor = ThreadExecutor("orders")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let queue: QueueStore
    let reader: QueueReader
    private let registry: RegistryReader
    private let lanes: LaneStops
    /// Makes the deliveries of a resend; nil where nobody sends.
    let expander: Expander?
    private let time: TimeSource
    private let logger: Logger
    private let work: AsyncStream<Int64>
    private nonisolated let begun: AsyncStream<Int64>.Continuation
    nonisolated let isStopping = Mutex(false)
    var cancelled: Set<Int64> = []
    /// Who waits for the end of an order, each under a number of its own.
    private var waiters: [Int64: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var waitersSeen = 0

    package init(
        queue: QueueStore,
        stores: any Stores,
        lanes: LaneStops,
        expander: Expander? = nil,
        time: TimeSource,
        logger: Logger
    ) throws {
        self.queue = queue
        self.lanes = lanes
        self.expander = expander
        self.time = time
        self.logger = logger
        reader = try stores.queueReader()
        registry = try stores.registryReader(seal: nil)
        (work, begun) = AsyncStream.makeStream(of: Int64.self)
    }

    /// Runs until stopped: first what an earlier process has begun, then what is ordered. What is not finished stays `running` in the store.
    package func run() async {
        do { for operation in try runningOperations() { begun.yield(operation.id) } } catch {
            logger.error("unfinished orders cannot be read", metadata: ["error": "\(error)"])
        }
        for await id in work {
            if id == Self.unknownWork {
                await carryOutUnknown()
                continue
            }
            await carryOut(id)
        }
        for waiter in waiters.values.flatMap(\.values) { waiter.resume() }
        waiters = [:]
    }

    /// The store holds an order that was not given here: an accepted correction supersedes an event. From any thread.
    package nonisolated func lookForWork() { begun.yield(Self.unknownWork) }

    private func runningOperations() throws -> [StoredOperation] {
        let operations = try reader.runningOperations()
        queue.unreadable.note(reader.unreadable.first(UnreadableRows.keptMax))
        return operations
    }

    private func carryOutUnknown() async {
        do {
            for operation in try runningOperations() where operation.orderVerb == .supersede {
                await carryOut(operation.id)
            }
        } catch {
            // They are looked for again with the next correction, and at the next start.
            logger.error("orders of corrections cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// Ends ``run()`` after the slice that is under way.
    package nonisolated func stop() {
        isStopping.withLock { $0 = true }
        begun.finish()
    }

    /// Counts, and unless it is a dry run begins the order. Returns when it is over or `patience` has passed; it then goes on by itself.
    package func give(_ order: Order, patience: Duration) async throws(OrderRefusal) -> OrderReport {
        guard !order.scope.isEmpty else { throw .noFilter }
        guard order.scope.deliveries.count <= Order.deliveriesMax else { throw .tooManyDeliveries }
        guard !order.verb.needsWhy || order.isDryRun || order.why.contains(where: { !$0.isWhitespace }) else {
            throw .needsWhy
        }
        if order.verb == .withdraw, let report = try await withdrawn(order, patience) { return report }
        var report = order.verb == .resend ? try await countMissing(order) : try count(order)
        guard report.matched > 0 || report.bindsWhatComes else { throw .nothingMatched }
        if order.isDryRun { return report }
        // A withdrawal binds also what is in flight; of anything else nothing would come but a line in the log.
        guard report.eligible > 0 || report.bindsWhatComes || order.verb == .withdraw else {
            throw .nothingEligible(report)
        }
        if let expect = order.expect, report.eligible > expect { throw .expectExceeded(report) }
        let needsYes = order.verb.isForGood || report.eligible > Order.confirmedMax
        guard order.isConfirmed || !needsYes else { throw .needsConfirmation(report) }
        let id = try await begin(order, report)
        try await end(of: id, patience, &report)
        return report
    }

    /// Waits for the end of a begun order, for so long, and reads how far it has come.
    private func end(of id: Int64, _ patience: Duration, _ report: inout OrderReport) async throws(OrderRefusal) {
        do {
            // Nobody wakes those who wait for an order that is over: a withdrawal may be an earlier one.
            if try reader.operation(id)?.state == .running { await wait(for: id, patience) }
            guard let operation = try reader.operation(id) else { throw StoreError.damaged("operation \(id)") }
            report.operation = id
            report.changed = operation.changed
            report.skipped = operation.skipped
            report.state = operation.state.rawValue
        } catch { throw .store(StoreError(error)) }
    }

    /// The order that withdrew this event already: a second one is answered as the first. nil: it may be withdrawn.
    private func withdrawn(_ order: Order, _ patience: Duration) async throws(OrderRefusal) -> OrderReport? {
        guard let id = order.scope.wholeEvent else { throw .wholeEventOnly }
        let event: StoredEvent?
        let known: StoredOperation?
        do {
            event = try reader.event(id)
            known = try event?.withdrawal.flatMap { try reader.operation($0) }
        } catch { throw .store(StoreError(error)) }
        guard let event else { throw .nothingMatched }
        guard let known else {
            if event.state == .done { throw .eventEnded(id) }
            return nil
        }
        var report = OrderReport(verb: .withdraw, filter: known.filter)
        (report.matched, report.eligible) = (known.matched, known.eligible)
        try await end(of: known.id, patience, &report)
        return report
    }

    /// Lets a running order stop after the slice that is under way; one that is binding (``OrderVerb/isBinding``) goes on.
    ///
    /// - Returns: the order as it stands; nil when there is none.
    package func cancel(_ id: Int64, actor: String, why: String) async throws(StoreError) -> StoredOperation? {
        guard let operation = try stored(id) else { return nil }
        guard operation.state == .running, operation.orderVerb?.isBinding != true else { return operation }
        try await queue.noteCancel(id, actor: actor, why: why, now: time.now())
        guard let operation = try stored(id), operation.state == .running else { return try stored(id) }
        cancelled.insert(id)
        await wait(for: id, .seconds(10))
        return try stored(id)
    }

    // MARK: - Counting

    private func count(_ order: Order) throws(OrderRefusal) -> OrderReport {
        var report = OrderReport(verb: order.verb, filter: order.scope.description)
        do {
            var matches = try self.matches(order.scope, order.verb, now: time.now(), after: PageID(rawValue: 0))
            let eligible = order.verb.eligible(withDead: order.scope.namesDead)
            let bringsBack = order.verb == .retry || order.verb == .release
            var events: [EventID: Int] = [:]
            while case let part = try matches.next(max: Self.pagesPerLook), !part.isEmpty {
                let endings = bringsBack ? try reader.endings(of: Set(part.map(\.event))) : [:]
                for match in part {
                    let ending = (endings[match.event] ?? nil)?.reason
                    let hasExpired = order.verb == .retry && !order.scope.isFresh && match.expiresAt <= time.now()
                    for slot in match.slots {
                        report.matched += 1
                        let state = match.result[slot].state
                        if !eligible.contains(state) {
                            report.notEligible["\(state)", default: 0] += 1
                        } else if let ending {
                            report.notEligible[ending.word, default: 0] += 1
                        } else if hasExpired {
                            report.notEligible["expired", default: 0] += 1
                        } else {
                            report.eligible += 1
                            events[match.event, default: 0] += 1
                            if report.sample.count < Self.sampleMax {
                                report.sample.append(DeliveryID(page: match.page, slot: slot))
                            }
                        }
                    }
                }
            }
            if matches.unknown > 0 { report.notEligible["unknown"] = matches.unknown }
            if matches.damaged > 0 { report.notEligible["damaged"] = matches.damaged }
            report.byEvent = events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.eventsShown)
                .map { ($0.key, $0.value) }
            if order.verb != .retry, let event = order.scope.wholeEvent {
                // Held shows as a state of its own; how far it has come is what counts.
                report.bindsWhatComes = try reader.isToBeExpanded(event)
            }
        } catch let problem as FilterWords.WordError {
            throw .filter(problem)
        } catch {
            throw .store(StoreError(error))
        }
        return report
    }

    private func matches(
        _ scope: OrderScope,
        _ verb: OrderVerb,
        now: Instant,
        after: PageID
    ) throws -> OrderMatches {
        try OrderMatches(scope, verb: verb, reader: reader, registry: registry, now: now, after: after)
    }

    // MARK: - Carrying out

    private func begin(_ order: Order, _ report: OrderReport) async throws(OrderRefusal) -> Int64 {
        let operation = NewOperation(
            actor: order.actor,
            verb: order.verb,
            scope: order.scope,
            matched: report.matched,
            eligible: report.eligible,
            why: order.why
        )
        do throws(StoreError) {
            let (id, head) = try await queue.begin(operation, now: time.now())
            // Somebody withdrew it between the count and this.
            guard let head else { return id }
            logger.notice(
                "order",
                metadata: [
                    "operation": "\(OperationName.text(id))", "actor": "\(order.actor)", "verb": "\(order.verb)",
                    "eligible": "\(report.eligible)",
                    // A publisher's own words about its publication stay in the store.
                    "why": "\(order.verb == .withdraw ? "" : order.why)",
                    // Kept outside the store, it tells a chain that was made anew.
                    "audit": "\(head.prefix(8).map { String($0, radix: 16) }.joined(separator: "."))",
                ]
            )
            begun.yield(id)
            return id
        } catch { throw .store(error) }
    }

    private func carryOut(_ id: Int64) async {
        defer { for waiter in waiters.removeValue(forKey: id) ?? [:] { waiter.value.resume() } }
        var ending = StoredOperation.State.done
        var isBinding = false
        do {
            guard let operation = try stored(id), operation.state == .running else { return }
            isBinding = operation.orderVerb?.isBinding ?? false
            guard let verb = operation.orderVerb, let scope = OrderScope(text: operation.scope) else {
                throw UnreadableRowError(.operation, id, .damaged)
            }
            let isOver =
                verb == .resend
                ? try await resend(operation, scope) : try await slices(of: operation, verb, scope)
            if !isOver { ending = .cancelled }
        } catch StoreError.stopped {
            return
        } catch let row as UnreadableRowError where row.table == .operation {
            // What it was about nobody knows any more, also not later.
            queue.unreadable.note(row)
            ending = .failed
        } catch {
            guard !isBinding else {
                logger.warning(
                    "order postponed, will be tried again",
                    metadata: ["operation": "\(id)", "error": "\(error)"]
                )
                return again(id)
            }
            logger.error("order failed", metadata: ["operation": "\(id)", "error": "\(error)"])
            ending = .failed
        }
        do throws(StoreError) {
            let changed = try await queue.end(id, ending, now: time.now())
            logger.notice(
                "order ended",
                metadata: ["operation": "\(id)", "state": "\(ending)", "changed": "\(changed ?? 0)"]
            )
        } catch {
            // It is still `running` in the store, and goes on after the next start.
            logger.error("order not ended", metadata: ["operation": "\(id)", "error": "\(error)"])
        }
        cancelled.remove(id)
    }

    /// Once more, behind what is ordered meanwhile.
    private nonisolated func again(_ id: Int64) {
        Task { [begun] in
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            begun.yield(id)
        }
    }

    /// False: cancelled.
    private func slices(of operation: StoredOperation, _ verb: OrderVerb, _ scope: OrderScope) async throws -> Bool {
        var matches = try self.matches(scope, verb, now: operation.at, after: operation.cursor)
        var skipped = operation.skipped
        let eligible = verb.eligible(withDead: scope.namesDead)
        var isOver = false
        while !isOver {
            if isStopping.withLock({ $0 }) { throw StoreError.stopped }
            if cancelled.contains(operation.id) { return false }
            var pages: [(page: PageID, slots: [Int])] = []
            var stopped: [LaneID: Set<DeliveryID>] = [:]
            var count = 0
            while pages.count < Self.pagesPerCommit, count < verb.deliveriesPerCommit {
                guard let match = try matches.next() else {
                    isOver = true
                    break
                }
                // What was not eligible when it was read was counted as such already.
                let slots = match.slots.filter { eligible.contains(match.result[$0].state) }
                guard !slots.isEmpty else { continue }
                pages.append((match.page, slots))
                stopped[match.lane, default: []].formUnion(slots.map { DeliveryID(page: match.page, slot: $0) })
                count += slots.count
            }
            guard !pages.isEmpty else { continue }
            var slice = OrderSlice(
                operation: operation.id,
                verb: verb,
                withDead: scope.namesDead,
                isFresh: scope.isFresh,
                pages: pages,
                inFlight: [],
                skipped: skipped
            )
            skipped = try await apply(&slice, stopped)
        }
        return true
    }

    private func apply(_ slice: inout OrderSlice, _ stopped: [LaneID: Set<DeliveryID>]) async throws -> [String: Int] {
        guard let mark = slice.verb.mark else {
            return try await queue.apply(slice, now: time.now()).skipped
        }
        do {
            slice.inFlight = try await lanes.stop(stopped, mark)
            let skipped = try await queue.apply(slice, now: time.now()).skipped
            await lanes.conclude(true)
            return skipped
        } catch {
            await lanes.conclude(false)
            throw error
        }
    }

    // MARK: - Waiting

    private func wait(for id: Int64, _ patience: Duration) async {
        waitersSeen += 1
        let number = waitersSeen
        let timeout = Task {
            do { try await Task.sleep(for: patience) } catch { return }
            // Whoever waited then reads how far the order has come.
            self.waiters[id]?.removeValue(forKey: number)?.resume()
        }
        await withCheckedContinuation { waiters[id, default: [:]][number] = $0 }
        timeout.cancel()
    }

    private func stored(_ id: Int64) throws(StoreError) -> StoredOperation? {
        do { return try reader.operation(id) } catch { throw StoreError(error) }
    }
}
