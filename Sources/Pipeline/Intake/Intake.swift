import Cryptography
package import Delivery
package import Domain
package import Store
import Telemetry

/// Takes posted events: rights, schools, identity, then the commit that the 202 promises.
package final class Intake: Sendable {
    /// Two equal bytes within this time are one event when the dialect has no identity of its own (directory rules).
    static let bytesWindow = Duration.seconds(60)

    /// More persons or classes named than this are bulk.
    static let bulkRecipients = 2000

    private let queue: QueueStore
    private let registry: Reading<RegistryReader>
    private let kinds: Current<PublicationCatalogue>
    private let entOrigins: Current<Set<String>>
    private let mergeWindow: Current<Duration>
    private let time: TimeSource
    private let metrics: PipelineMetrics
    private let identityWindow: Duration
    private let waitingMax: Int
    private let rules: Current<DeliveryRules>
    private let hasRoom: @Sendable () -> Bool
    private let takesBulk: @Sendable () -> Bool
    private let onAccepted: @Sendable () -> Void
    private let onCorrected: @Sendable () -> Void

    /// - Parameters:
    ///   - queue: where events are accepted.
    ///   - registry: the directory, for schools and names.
    ///   - kinds: what events of a kind that say nothing themselves are.
    ///   - entOrigins: where the ENT is: its absolute addresses become relative.
    ///   - mergeWindow: events that say the same within it are one to a guardian of both; zero: none are.
    ///   - time: the clocks.
    ///   - metrics: where accepts are counted.
    ///   - identityWindow: how long an identity is remembered, also across restarts; at least three days.
    ///   - waitingMax: commits that may wait (``Limits/acceptQueueMax``); beyond it `overloaded` is the answer.
    ///   - rules: quiet hours.
    ///   - hasRoom: false while the disk is too full to promise more. The store alone would take events until its preallocated
    ///     log is used up, and then outcomes had no room either.
    ///   - takesBulk: false while the disk is short of room: what is large or not urgent waits outside then.
    ///   - onAccepted: called after each commit that holds a new event; wakes the expander.
    ///   - onCorrected: called after each commit that holds a revision, which may end an older one.
    package init(
        queue: QueueStore,
        registry: Reading<RegistryReader>,
        kinds: Current<PublicationCatalogue> = Current(PublicationCatalogue()),
        entOrigins: Current<Set<String>> = Current([]),
        mergeWindow: Current<Duration> = Current(.zero),
        time: TimeSource,
        metrics: PipelineMetrics,
        identityWindow: Duration = .seconds(3 * 86_400),
        waitingMax: Int = Limits().acceptQueueMax,
        rules: Current<DeliveryRules> = Current(.none),
        hasRoom: @escaping @Sendable () -> Bool = { true },
        takesBulk: @escaping @Sendable () -> Bool = { true },
        onAccepted: @escaping @Sendable () -> Void,
        onCorrected: @escaping @Sendable () -> Void = {}
    ) {
        self.queue = queue
        self.registry = registry
        self.kinds = kinds
        self.entOrigins = entOrigins
        self.mergeWindow = mergeWindow
        self.time = time
        self.metrics = metrics
        self.identityWindow = identityWindow
        self.waitingMax = waitingMax
        self.rules = rules
        self.hasRoom = hasRoom
        self.takesBulk = takesBulk
        self.onAccepted = onAccepted
        self.onCorrected = onCorrected
    }

    /// On the disk when this returns.
    package func accept(_ submission: Submission, from publisher: Publisher) async throws(IntakeError) -> Receipt {
        let started = time.monotonic()
        let event = try await prepare(submission, from: publisher)
        if let refusal { throw .unavailable(refusal) }
        if isRefusedBulk(event) { throw .unavailable(.scarce) }
        let acceptance: Acceptance
        do { acceptance = try await queue.accept(event) } catch { throw .unavailable(error) }
        let receipt = try receipt(acceptance, event, submission.trace)
        metrics.acceptSeconds.observe(Double(time.monotonic() - started) / 1000)
        return receipt
    }

    /// Each event on its own, all that are right in one commit; results in the order of the submissions.
    package func accept(
        _ submissions: [Submission],
        from publisher: Publisher
    ) async throws(StoreError) -> [Result<Receipt, IntakeError>] {
        var prepared: [NewEvent] = []
        var places: [Int] = []
        var isScarce = false
        var results: [Result<Receipt, IntakeError>?] = Array(repeating: nil, count: submissions.count)
        for (index, submission) in submissions.enumerated() {
            do throws(IntakeError) {
                let event = try await prepare(submission, from: publisher)
                if isRefusedBulk(event) {
                    results[index] = .failure(.unavailable(.scarce))
                    isScarce = true
                    continue
                }
                prepared.append(event)
                places.append(index)
            } catch {
                if case .unavailable(let failure) = error { throw failure }
                results[index] = .failure(error)
            }
        }
        if !prepared.isEmpty, let refusal { throw refusal }
        // Nothing of it is stored: the whole batch may come again.
        if prepared.isEmpty, isScarce { throw .scarce }
        let acceptances = prepared.isEmpty ? [] : try await queue.accept(prepared)
        for (place, (acceptance, event)) in zip(places, zip(acceptances, prepared)) {
            do throws(IntakeError) {
                results[place] = .success(try receipt(acceptance, event, submissions[place].trace))
            } catch {
                results[place] = .failure(error)
            }
        }
        return results.compactMap { $0 }
    }

    /// Why nothing more can be promised now; nil while it can.
    private var refusal: StoreError? {
        if !hasRoom() { return .full }
        return queue.waitingCommits >= waitingMax ? .overloaded : nil
    }

    /// Not urgent, or to so many that its pages need room: refused while the disk is short of it.
    private func isRefusedBulk(_ event: NewEvent) -> Bool {
        let publication = event.publication
        let isBulk = publication.urgency == .low || publication.audience.count > Self.bulkRecipients
        return isBulk && !takesBulk()
    }

    /// Everything an accept does before its commit; stores nothing.
    ///
    /// - Returns: the event as it would be stored.
    package func prepare(_ submission: Submission, from publisher: Publisher) async throws(IntakeError) -> NewEvent {
        let admission = Admission(publication: submission.publication, publisher: publisher)
        try admission.checkRights()
        let rules = rules.value
        try admission.checkUrgency(rules)
        let now = time.now()
        var terms = admission.terms(
            of: kinds.value,
            entOrigins: entOrigins.value,
            now: now,
            publishedAt: submission.keptSince
        )
        // A kind that is urgent by the configuration rings in quiet hours for publishers with the right only.
        if rules.quiet.isEnabled, submission.publication.urgency == nil, terms.publication.urgency == .urgent,
            !publisher.rights.contains(.urgent)
        {
            terms.publication.urgency = .normal
        }
        let settled = Admission(publication: terms.publication, publisher: publisher)
        let looked: Result<(look: Admission.Resolution, opensAt: Instant?), IntakeError>
        do {
            looked = try await registry.read { registry in
                switch try admission.look(in: registry, now: now) {
                case .success(let look): .success((look, try settled.opensAt(rules, now, in: registry)))
                case .failure(let error): .failure(error)
                }
            }
        } catch { throw .unavailable(error) }
        let (look, opensAt) = try looked.get()
        let posted = identity(submission.identity, submission.body, keptSince: submission.keptSince, publisher)
        return NewEvent(
            publisher: publisher.name,
            publication: terms.publication,
            dataClass: terms.dataClass,
            acceptedAt: now,
            expiresAt: terms.expiresAt,
            identity: posted.scope,
            bodyHash: posted.bodyHash,
            identityWindow: posted.window,
            unresolved: look.unresolved,
            warnings: submission.warnings + look.warnings + terms.warnings,
            isUrgentByRight: settled.isUrgent(under: rules),
            opensAt: opensAt,
            callbackAt: publisher.callbackAfter.map { now + $0 },
            mergeKey: mergeWindow.value > .zero ? MergeKey.of(terms, publisher: publisher.name) : nil
        )
    }

    /// The answer to a repetition of an accepted event, for a request that would otherwise be refused: rights, directory, disk and limits
    /// may have changed since, the promise has not. nil when the identity is new.
    package func repeated(
        _ identity: Submission.Identity,
        body: [UInt8],
        keptSince: Instant? = nil,
        from publisher: Publisher,
        in reader: Reading<QueueReader>
    ) async throws(StoreError) -> Result<Receipt, IntakeError>? {
        let posted = self.identity(identity, body, keptSince: keptSince, publisher)
        let now = time.now()
        switch try await reader.read({ try $0.acceptance(of: posted, now: now) }) {
        case .duplicate(let id, let state, let unresolved, let warnings):
            return .success(
                Receipt(id: id, state: state, isDuplicate: true, unresolved: unresolved, warnings: warnings)
            )
        case .conflict(let id): return .failure(.conflict(id))
        case nil, .created, .stale: return nil
        }
    }

    private func identity(
        _ identity: Submission.Identity,
        _ body: [UInt8],
        keptSince: Instant?,
        _ publisher: Publisher
    ) -> PostedIdentity {
        let bodyHash = SHA256.hash(body)
        var window = identityWindow
        if case .bytes = identity {
            let now = time.now()
            window = min(identityWindow, Self.bytesWindow + max(.zero, now - (keptSince ?? now)))
        }
        return PostedIdentity(
            scope: Self.scope(identity, publisher: publisher.name, bodyHash: bodyHash),
            bodyHash: bodyHash,
            window: window
        )
    }

    private func span(_ id: EventID, _ event: NewEvent, _ trace: TraceParent?) -> EventSpan? {
        EventSpan(
            id,
            publisher: event.publisher,
            kind: event.publication.app + "." + event.publication.action,
            under: trace,
            begunAt: event.acceptedAt,
            acceptedAt: time.now()
        )
    }

    private func receipt(
        _ acceptance: Acceptance,
        _ event: NewEvent,
        _ trace: TraceParent?
    ) throws(IntakeError) -> Receipt {
        switch acceptance {
        case .created(let id, let state):
            if let spans = metrics.spans, let span = span(id, event, trace) { spans.begin(span) }
            metrics.eventsAccepted.with(event.publisher, event.publication.app).add()
            if !event.unresolved.isEmpty { metrics.eventsUnresolved.with(event.publisher).add() }
            // A scheduled event is found by the clock.
            if state != .scheduled { onAccepted() }
            if event.publication.revision > 0 { onCorrected() }
            if event.isUrgentByRight { metrics.eventsUrgent.with(event.publisher).add() }
            return Receipt(
                id: id,
                state: state,
                isDuplicate: false,
                unresolved: event.unresolved,
                warnings: event.warnings,
                opensAt: event.opensAt
            )
        case .duplicate(let id, let state, let unresolved, let warnings):
            return Receipt(
                id: id,
                state: state,
                isDuplicate: true,
                unresolved: unresolved,
                warnings: warnings,
                opensAt: event.opensAt
            )
        case .conflict(let id): throw .conflict(id)
        case .stale(let id): throw .staleRevision(id)
        }
    }

    /// What the store keeps of an identity: it finds the event again, and nothing can be read from it. `bodyHash` is of the compared bytes;
    /// only an identity of ``Submission/Identity/bytes`` needs it.
    package static func scope(
        _ identity: Submission.Identity,
        publisher: String,
        bodyHash: [UInt8] = []
    ) -> [UInt8] {
        var hash = SHA256()
        func add(_ text: String) {
            hash.update(text)
            hash.update([0])
        }
        add(publisher)
        switch identity {
        case .event(let source, let id):
            add("event")
            add(source)
            add(id)
        case .idempotencyKey(let key):
            add("key")
            add(key)
        case .webhookID(let id):
            add("webhook")
            add(id)
        case .bytes:
            add("bytes")
            hash.update(bodyHash)
        }
        return hash.finalize()
    }
}
