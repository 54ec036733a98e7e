package import Domain
package import Store
import Testing

extension LaneID {
    static let one = LaneID(rawValue: 1)
    static let two = LaneID(rawValue: 2)
}

extension ProviderID {
    static let some = ProviderID(1)
    static let other = ProviderID(2)
}

extension QueueStore {
    /// One step alone.
    package func append(_ step: ExpansionStep, now: Instant) async throws -> [Scheduler.Entry]? {
        try await append([step], now: now)[0].get()
    }

    /// An event with a page on each lane, all its slots pending; each person has a device on each.
    func expanded(
        _ event: NewEvent,
        persons: ClosedRange<Int64> = 1...4,
        lanes: [LaneID] = [.one]
    ) async throws -> (event: EventID, pages: [PageID]) {
        let id = try await accept(event).id
        var step = ExpansionStep.sample(id, persons: persons, lanes: lanes, expiresAt: event.expiresAt)
        for page in step.pages.indices {
            for slot in step.pages[page].plan.slots.indices {
                let device = step.pages[page].plan.slots[slot].device.rawValue + Int64(page) * 10_000
                step.pages[page].plan.slots[slot].device = DeviceID(rawValue: device)
            }
        }
        let entries = try #require(try await append(step, now: event.acceptedAt))
        return (id, entries.map(\.page))
    }
}

extension Outcome {
    static func accepted(_ page: PageID, _ slot: Int, isRetry: Bool = false) -> Outcome {
        Outcome(
            page: page,
            slot: slot,
            result: .accepted(attempts: 1, latencyMilliseconds: 5),
            attempts: 1,
            isRetry: isRetry
        )
    }

    static func rejected(_ page: PageID, _ slot: Int) -> Outcome {
        Outcome(page: page, slot: slot, result: SlotResult(.rejected, reason: .tokenGone), attempts: 1)
    }

    static func deferred(_ page: PageID, _ slot: Int, until due: Instant, attempts: Int = 1) -> Outcome {
        Outcome(
            page: page,
            slot: slot,
            result: SlotResult(.deferred, reason: .retrying),
            retryAt: due,
            attempts: attempts,
            attempt: .init(at: due - .seconds(60), milliseconds: 7, status: 503, reason: "Busy"),
            isRetry: attempts > 1
        )
    }

    static func dead(_ page: PageID, _ slot: Int, at: Instant) -> Outcome {
        Outcome(
            page: page,
            slot: slot,
            result: SlotResult(.dead, reason: .dead),
            attempts: 8,
            attempt: .init(at: at, milliseconds: 9, status: 500, reason: "Internal")
        )
    }
}
