import Domain
import Synchronization
import Testing

@testable import Delivery

/// What passes between a lane's thread and the others.
struct LaneMailTests {
    private let mail = LaneMail()

    private static func devices(_ numbers: Range<Int64>) -> [DeviceID] { numbers.map(DeviceID.init(rawValue:)) }

    private static func batch(_ numbers: ClosedRange<Int64>) -> LoadedBatch { .of(numbers.map { .sample($0) }) }

    @Test func `letters are taken once, in the order they came`() {
        #expect(mail.take() == nil)
        mail.add(Self.batch(1...2))
        mail.add(Self.batch(3...3))
        mail.order(.rule(.probe))
        mail.order(.rule(.resume))
        let letters = mail.take()
        #expect(letters?.batches.map { $0.deliveries.map(\.id.rawValue) } == [[1, 2], [3]])
        let orders = letters?.orders.map { "\($0.0)" } ?? []
        #expect(orders.count == 2 && orders[0].contains("probe") && orders[1].contains("resume"))
        #expect(mail.take() == nil)
    }

    @Test func `what is on its way counts as loaded, from the moment it is handed over to the lane's next word`() {
        mail.add(Self.batch(1...3))
        #expect(mail.loaded == 3)
        _ = mail.take()
        // The lane has it, and has not said what it made of it.
        #expect(mail.loaded == 3)
        mail.add(Self.batch(4...4))
        #expect(mail.loaded == 4)
        mail.publish(LaneCondition(), waiting: 1)
        #expect(mail.loaded == 2)
    }

    @Test(arguments: [false, true])
    func `a pause shows at once, whatever the lane is doing`(isDraining: Bool) {
        mail.publish(LaneCondition(state: "open", reason: "503", isActive: false), waiting: 0)
        mail.order(.rule(.pause("maintenance", draining: isDraining)))
        let condition = mail.condition
        #expect(condition.state == (isDraining ? "draining" : "paused") && condition.reason == "maintenance")
        #expect(!condition.isActive && !condition.isSendingAllowed)
    }

    @Test func `other orders show when the lane has obeyed them`() {
        mail.publish(LaneCondition(state: "paused", isActive: false, isSendingAllowed: false), waiting: 0)
        mail.order(.rule(.resume))
        #expect(mail.condition.state == "paused")
        mail.publish(LaneCondition(), waiting: 0)
        #expect(mail.condition.state == "active")
    }

    @Test func `changes come with the time of the last, and more than the lane remembers make no difference`() {
        mail.devicesChanged(Self.devices(0..<3), at: 50)
        mail.devicesChanged(Self.devices(3..<4), at: 40)
        let first = mail.take()
        #expect(first?.changed == Self.devices(0..<4) && first?.changedAt == 50)

        for number in 0..<Int64(3 * Freshness.changesMax) {
            mail.devicesChanged(Self.devices(number..<number + 1), at: number)
        }
        let second = mail.take()
        #expect(second?.changedAt == Int64(3 * Freshness.changesMax) - 1)
        let changed = second?.changed ?? []
        #expect(changed.count == 2 * Freshness.changesMax)
        // Enough for the lane to hold all that was read before for changed.
        var freshness = Freshness()
        freshness.changed(changed, at: second?.changedAt ?? 0)
        #expect(freshness.isOld(readAt: 5, now: 6))
    }

    @Test func `whoever gave an order hears who was under way`() {
        let heard = Mutex<Set<DeliveryID>?>(nil)
        mail.order(.rule(.probe)) { found in heard.withLock { $0 = found } }
        let letters = mail.take()
        letters?.orders.first?.reply?([DeliveryID(rawValue: 4)])
        #expect(heard.withLock { $0 } == [DeliveryID(rawValue: 4)])
    }
}
