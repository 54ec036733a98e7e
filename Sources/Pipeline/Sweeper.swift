package import Domain
package import Logging
package import Store

/// Ends what has outlived its time, forgets old identities and gives up dead devices, a slice at a time in the background.
package struct Sweeper: Sendable {
    /// 10,000 deliveries a slice: a day of a million is gone after half a minute, at a few per cent of the writer's time.
    private static let pruneRest = Duration.milliseconds(200)
    /// About ten minutes.
    private static let passesPerErasure = 600

    private let queue: QueueStore
    private let registry: Registry
    private let deviceAges: Registry.HygieneAges
    private let time: TimeSource
    private let logger: Logger
    private let identityAge: Duration
    private let eventAge: Duration
    private let summaries: EventSummaries?
    private let lacksRoom: @Sendable (_ reusable: Int64) -> Bool
    private let isRoomUrgent: @Sendable () -> Bool
    private let held: HeldExports?
    private let heldAge: Duration
    private let operationAge: Duration
    private let looks: LookLog?

    /// `identityWindow`: how long an identity has to be remembered. A day more is kept, so that a clock that steps does not
    ///   shorten the promise.
    /// `lacksRoom`: whether the disk is short of room although the queue's file has so many bytes to use again; then ended events go before
    ///   their time, the oldest first, but never before their identity. It has to be short for ``RoomShortage/patience``.
    /// `isRoomUrgent`: whether so little is left that this does not wait.
    /// `heldAge`: how long a held import waits for a person in `held`.
    /// `looks`: kept as long as orders; nil: nobody keeps any.
    /// `operationAge`: how long orders and their sealed log are kept; never shorter than `eventAge`, so that an event that was withdrawn
    ///   does not outlive the order that did it.
    /// `summaries`: what is kept of a pruned event; nil: nothing.
    /// `eventAge`: how long an ended event is kept, counted from its acceptance; never shorter than its identity.
    package init(
        queue: QueueStore,
        registry: Registry,
        identityWindow: Duration,
        eventAge: Duration,
        summaries: EventSummaries? = nil,
        deviceAges: Registry.HygieneAges,
        lacksRoom: @escaping @Sendable (_ reusable: Int64) -> Bool = { _ in false },
        isRoomUrgent: @escaping @Sendable () -> Bool = { false },
        held: HeldExports? = nil,
        heldAge: Duration = .seconds(30 * 86_400),
        operationAge: Duration = .seconds(730 * 86_400),
        looks: LookLog? = nil,
        time: TimeSource,
        logger: Logger
    ) {
        self.queue = queue
        self.lacksRoom = lacksRoom
        self.isRoomUrgent = isRoomUrgent
        self.held = held
        self.heldAge = heldAge
        self.registry = registry
        self.deviceAges = deviceAges
        identityAge = identityWindow + .seconds(86_400)
        self.eventAge = max(eventAge, identityAge)
        self.summaries = summaries
        self.looks = looks
        self.operationAge = max(operationAge, self.eventAge)
        self.time = time
        self.logger = logger
    }

    /// What one pass leaves for the next.
    package struct Progress: Sendable {
        /// Monotonic milliseconds. Devices age by days: asking the writer each second would be work for nothing.
        var devicesDue: Int64
        var shortage = RoomShortage()
    }

    /// - Returns: what the first pass begins with: everything is due.
    package func begin() -> Progress { Progress(devicesDue: time.monotonic()) }

    /// What a kill or a reader in the way has interrupted: nothing of an erased person stays in the files.
    private func endErasure() async {
        do throws(StoreError) {
            guard try await registry.isErasing() else { return }
            try await queue.endErasure()
            try await registry.endErasure()
        } catch {
            logger.error("an erasure could not be ended; it is tried again", metadata: ["error": "\(error)"])
        }
    }

    /// Runs until cancelled: looks each second, and goes on at once while a slice was full.
    package func run() async {
        var progress = begin()
        var passes = 0
        while !Task.isCancelled {
            if passes % Self.passesPerErasure == 0 { await endErasure() }
            passes += 1
            await pass(&progress)
            do { try await sleepToNext(.seconds(1)) } catch { return }
        }
    }

    /// Everything that is due now. A part that fails comes again with the next pass and keeps no other from its work.
    package func pass(_ progress: inout Progress) async {
        await part("expiry") { while try await !queue.expire(now: time.now()).isEmpty {} }
        await part("identities") {
            let before = Instant(milliseconds: time.now().milliseconds - identityAge.wholeMilliseconds)
            while try await queue.pruneIdentities(before: before) >= 2000 {}
        }
        await part("history") {
            let ended = Instant(milliseconds: time.now().milliseconds - eventAge.wholeMilliseconds)
            while try await prune(acceptedBefore: ended).isFull {
                // Between two slices the writer belongs to those who wait for an answer.
                try await Task.sleep(for: Self.pruneRest)
            }
        }
        await part("summaries") {
            guard let summaries else { return }
            let before = Instant(milliseconds: time.now().milliseconds - max(summaries.age, eventAge).wholeMilliseconds)
            while try await queue.pruneSummaries(acceptedBefore: before) >= 2000 {}
        }
        var isShort = false
        await part("room") { isShort = try await lacksRoom() }
        if progress.shortage.look(isShort: isShort, isUrgent: isRoomUrgent(), at: time.monotonic()) {
            await part("early pruning") { try await pruneEarly() }
        }
        guard time.monotonic() >= progress.devicesDue else { return }
        await part("devices") { while try await registry.sweepDevices(deviceAges, now: time.now()) >= 500 {} }
        await part("held imports") {
            let now = time.now()
            let before = Instant(milliseconds: now.milliseconds - heldAge.wholeMilliseconds)
            held?.remove(try await registry.lapseHeld(before: before, now: now))
        }
        await part("orders") {
            let now = time.now()
            let ordered = Instant(milliseconds: now.milliseconds - operationAge.wholeMilliseconds)
            while try await queue.pruneAudit(before: ordered, now: now) > 0 {}
        }
        await part("looks") {
            try looks?.prune(before: Instant(milliseconds: time.now().milliseconds - operationAge.wholeMilliseconds))
        }
        progress.devicesDue = time.monotonic() + 3_600_000
    }

    /// One slice.
    private func prune(acceptedBefore before: Instant) async throws -> PruneReport {
        guard let summaries else { return try await queue.prune(acceptedBefore: before) }
        let kept = try await summaries.slice(acceptedBefore: before)
        guard !kept.isEmpty else { return PruneReport() }
        var report = try await queue.prune(acceptedBefore: before, summaries: kept)
        report.isFull = report.events > 0
        return report
    }

    private func part(_ name: String, _ body: () async throws -> Void) async {
        do { try await body() } catch is CancellationError {
            // The pass ends with the next look at the task.
        } catch {
            // Nothing is lost by sweeping later; a fatal error ends the process by itself.
            logger.warning("sweep failed, will be tried again", metadata: ["part": "\(name)", "error": "\(error)"])
        }
    }

    /// Freed pages are used again before the file grows, so it is enough when they make up for what the disk lacks. The writer is only asked
    /// when the disk is short.
    private func lacksRoom() async throws -> Bool {
        guard lacksRoom(0) else { return false }
        return lacksRoom(try await queue.reusableBytes())
    }

    private func pruneEarly() async throws {
        let before = Instant(milliseconds: time.now().milliseconds - identityAge.wholeMilliseconds)
        while try await lacksRoom() {
            let report = try await prune(acceptedBefore: before)
            guard report.events > 0 else { return }
            logger.notice(
                "history is pruned early",
                metadata: ["events": "\(report.events)", "pages": "\(report.pages)"]
            )
            try await Task.sleep(for: Self.pruneRest)
        }
    }
}
