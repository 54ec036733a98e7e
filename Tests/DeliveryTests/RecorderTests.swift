import Domain
import Store
import Synchronization
import Testing

@testable import Delivery

/// Outcomes on their way to the disk: none is lost, and lanes stop while the store takes none.
@Suite(.timeLimit(.minutes(1)))
struct RecorderTests {
    private static let accepted = SlotResult.accepted(attempts: 1, latencyMilliseconds: 5)

    private final class Events: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }

        func add(_ event: Recorder.Event) {
            let line: String =
                switch event {
                case .recorded(let batch, let held): "recorded \(batch.outcomes.map(\.slot)) held \(held.count)"
                case .refused: "refused"
                }
            kept.withLock { $0.append(line) }
        }
    }

    private let events = Events()
    private let clock = HandClock()

    private func recorder(_ store: RefusingStore) -> Recorder {
        Recorder(queue: store.queue, time: clock.source) { [events] in events.add($0) }
    }

    @Test func `what was taken is on the disk when the barrier returns`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            recorder.take(.init(outcomes: [store.outcome(0, Self.accepted)]))
            recorder.take(.init(outcomes: [store.outcome(2, SlotResult(.rejected, reason: .tokenGone))]))
            try await recorder.barrier()
            #expect(try store.states() == [.accepted, .pending, .rejected, .pending])
            try await store.catchUp()
            #expect(recorder.isIdle && !recorder.isFull && !recorder.isRefused)
            #expect(events.all.allSatisfy { $0.hasPrefix("recorded") && $0.hasSuffix("held 0") })
        }
    }

    @Test func `a barrier with nothing before it returns, too`() async throws {
        try await RefusingStore.with { store in try await recorder(store).barrier() }
    }

    @Test func `what the store refuses is kept, is said once, and stops the lanes until it is taken`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            try store.refuse()
            recorder.take(.init(outcomes: [store.outcome(0, Self.accepted)]))
            try await store.catchUp()
            #expect(recorder.isRefused && recorder.isFull && !recorder.isIdle)
            // An order cannot be sure of anything now, and does not wait for it.
            await #expect(throws: StoreError.full) { try await recorder.barrier() }
            // Nothing is tried before its time; what comes meanwhile is kept behind it.
            recorder.take(.init(outcomes: [store.outcome(1, Self.accepted)]))
            recorder.retry()
            try await store.catchUp()
            #expect(events.all == ["refused"] && recorder.isRefused)

            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()

            #expect(try store.states() == [.accepted, .accepted, .pending, .pending])
            #expect(events.all == ["refused", "recorded [0, 1] held 0"])
            #expect(!recorder.isRefused && !recorder.isFull && recorder.isIdle)
            try await recorder.barrier()
        }
    }

    @Test func `whoever waits behind a refused write hears so at the next try, and then waits no more`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            let told = Mutex<[Bool]>([])
            try store.refuse()
            recorder.take(.init(outcomes: [store.outcome(0, Self.accepted)]))
            recorder.take(
                .init(waiters: [
                    { result in
                        let isRecorded = if case .success = result { true } else { false }
                        told.withLock { $0.append(isRecorded) }
                    }
                ])
            )
            try await store.catchUp()
            #expect(told.withLock { $0 }.isEmpty)
            recorder.retry()
            try await store.catchUp()
            #expect(told.withLock { $0 } == [false])
            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()
            #expect(told.withLock { $0 } == [false] && recorder.isIdle)
        }
    }

    @Test func `two outcomes of one delivery are recorded in their order, also after a refusal`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            try store.refuse()
            let later = clock.source.now() + .seconds(60)
            recorder.take(
                .init(outcomes: [store.outcome(0, SlotResult(.deferred, reason: .retrying), retryAt: later)])
            )
            try await store.catchUp()
            recorder.take(.init(outcomes: [store.outcome(0, Self.accepted, isRetry: true)]))
            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()
            #expect(try store.states()[0] == .accepted)
            #expect(events.all.last == "recorded [0, 0] held 0")
        }
    }

    @Test func `a second refusal after all was well is said again`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            for slot in 0..<2 {
                try store.refuse()
                recorder.take(.init(outcomes: [store.outcome(slot, Self.accepted)]))
                try await store.catchUp()
                try store.takeAgain()
                recorder.retry()
                try await store.catchUp()
            }
            #expect(events.all == ["refused", "recorded [0] held 0", "refused", "recorded [1] held 0"])
        }
    }

    @Test func `lanes stop before memory is full of outcomes`() async throws {
        try await RefusingStore.with { store in
            let recorder = recorder(store)
            try store.refuse()
            // The first is under way, the others wait for its end, which nobody knows yet.
            let many = (0..<Recorder.waitingMax).map { _ in store.outcome(3, Self.accepted) }
            recorder.take(.init(outcomes: [store.outcome(0, Self.accepted)]))
            recorder.take(.init(outcomes: many))
            #expect(recorder.isFull)
            try await store.catchUp()
            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()
            #expect(try store.states() == [.accepted, .pending, .pending, .accepted] && !recorder.isFull)
        }
    }

    @Test func `proofs travel with the outcomes, and come back when these are on the disk`() async throws {
        try await RefusingStore.with { store in
            let told = Mutex<[TargetFault]>([])
            let recorder = Recorder(queue: store.queue, time: clock.source) { event in
                if case .recorded(let batch, _) = event { told.withLock { $0 += batch.faults } }
            }
            let fault = TargetFault(
                lane: "fcm/test",
                device: DeviceID(rawValue: 10_001),
                targetHash: TargetHash.sample.bytes,
                kind: .suspect,
                reason: "bad"
            )
            try store.refuse()
            recorder.take(
                .init(outcomes: [store.outcome(0, SlotResult(.rejected, reason: .tokenGone))], faults: [fault])
            )
            try await store.catchUp()
            #expect(told.withLock { $0 }.isEmpty)
            try store.takeAgain()
            recorder.retry()
            try await store.catchUp()
            #expect(told.withLock { $0 }.map(\.device.rawValue) == [10_001])
        }
    }
}
