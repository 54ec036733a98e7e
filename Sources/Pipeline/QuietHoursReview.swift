package import Delivery
package import Domain
package import Logging
package import Store

/// Brings a changed policy or wish to what waits for quiet hours to end: gives it its new time, or lets it be looked at now. What is let go
/// is judged where it is loaded; here only times change.
package actor QuietHoursReview {
    /// A change is on its way for so long at most; the contract says 45 s.
    private static let pause = Duration.seconds(5)
    private static let sliceRows = 500

    private let executor = ThreadExecutor("quiet-hours")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let queue: QueueStore
    private let reader: QueueReader
    private let registry: RegistryReader
    private let found: FoundPersons
    private let wishChanges: WishChanges
    private let rules: Current<DeliveryRules>
    private let time: TimeSource
    private let logger: Logger
    /// What was true at the last look: reloads and changed wishes.
    private var seen: (rules: Int, wishes: Int)?

    package init(
        queue: QueueStore,
        stores: any Stores,
        wishChanges: WishChanges,
        rules: Current<DeliveryRules>,
        time: TimeSource,
        logger: Logger
    ) throws {
        self.queue = queue
        reader = try stores.queueReader()
        registry = try stores.registryReader(seal: nil)
        found = FoundPersons(queue: reader, registry: registry)
        self.wishChanges = wishChanges
        self.rules = rules
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do throws(StoreError) { try await look() } catch {
                logger.warning(
                    "quiet hours could not be planned anew, will be tried again",
                    metadata: ["error": "\(error)"]
                )
            }
            do { try await sleepToNext(Self.pause) } catch { return }
        }
    }

    /// Everything that waits, when something has changed since the last look; at the first look always, since the configuration may have
    /// changed while nothing ran.
    ///
    /// - Returns: how many deliveries got another time.
    @discardableResult
    package func look() async throws(StoreError) -> Int {
        let rules = rules.value
        let now = (rules: rules.generation, wishes: wishChanges.number)
        if let seen, seen == now { return 0 }
        var moved = 0
        var last: DeliveryID?
        repeat {
            let (changes, end) = try plan(behind: last, rules)
            if !changes.isEmpty { try await queue.replan(changes) }
            moved += changes.count
            last = end
        } while last != nil
        seen = now
        return moved
    }

    /// - Returns: what changes of a slice, and its last delivery; nil behind the end.
    private func plan(
        behind last: DeliveryID?,
        _ rules: DeliveryRules
    ) throws(StoreError) -> (changes: [QueueStore.NewWait], last: DeliveryID?) {
        do {
            let slice = try reader.waiting(after: last, limit: Self.sliceRows)
            let pages = try reader.pages(Set(slice.map(\.delivery.page)))
            let look = PersonalLook(rules, registry: registry)
            let now = time.now()
            var changes: [QueueStore.NewWait] = []
            for (id, waiting) in Dictionary(grouping: slice, by: \.delivery.page).sorted(by: { $0.key < $1.key }) {
                // One that cannot be read is named where it is loaded.
                guard let page = pages[id]?.value, let publication = try reader.publication(of: page.event),
                    let concerned = try reader.concerned(of: page.event, part: page.part).value
                else { continue }
                let persons = Set(waiting.compactMap { page.person(of: $0.delivery) })
                let planned = concerned.entries.filter {
                    persons.contains($0.person) && $0.role != .pupilWithoutGuardian
                }
                let verdicts = try registry.snapshot { _ in
                    let (entries, numbers) = try found.entries(planned, in: page.event)
                    var verdicts = try look.verdicts(on: entries, of: publication, now: now)
                    for (person, own) in numbers { for number in own { verdicts[number] = verdicts[person] } }
                    return verdicts
                }
                for delivery in waiting {
                    guard let person = page.person(of: delivery.delivery),
                        let wait = WaitChange.of(
                            delivery.wait,
                            verdicts[person],
                            spread: rules.quiet.releaseSpread,
                            now: now
                        )
                    else { continue }
                    changes.append(
                        .init(
                            delivery: delivery.delivery,
                            wait: wait,
                            expiresAt: look.expiry(publication, releasedAt: wait.dueAt, planned: page.expiresAt)
                        )
                    )
                }
            }
            return (changes, slice.count < Self.sliceRows ? nil : slice.last?.delivery)
        } catch { throw StoreError(error) }
    }
}

/// When what waits is due after a new look at it.
package enum WaitChange {
    /// nil: its time stays.
    ///
    /// `spread`: what is let go within it goes at its own place.
    package static func of(
        _ known: QuietWait,
        _ verdict: PersonalLook.Verdict?,
        spread: Duration,
        now: Instant
    ) -> QuietWait? {
        switch verdict {
        case .waits(let wait): return wait == known ? nil : wait
        // It ends where it is loaded.
        case .withheld: return known.dueAt <= now ? nil : QuietWait(opensAt: known.opensAt, dueAt: now)
        case nil: return known.dueAt <= now + spread ? nil : QuietWait(opensAt: min(known.opensAt, now), dueAt: now)
        }
    }
}

extension StoredPage {
    /// nil for a damaged row that names no slot.
    fileprivate func person(of delivery: DeliveryID) -> PersonID? {
        plan.slots.indices.contains(delivery.slot) ? plan.slots[delivery.slot].person : nil
    }
}
