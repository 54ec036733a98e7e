import Domain
import Providers
import Testing

@testable import Delivery

/// Which lane a registration of a device finds. A token of Apple's sandbox at the production server is "bad", as is every other of
/// its kind: the environment must never be left out.
struct LaneTableTests {
    private let production = LaneID(rawValue: 1)
    private let sandbox = LaneID(rawValue: 2)
    private let firebase = LaneID(rawValue: 3)

    private func table(withSandbox: Bool = true) -> LaneTable {
        var table = LaneTable()
        table.add(production, name: "apns/a", for: .init(provider: .apns, environment: .production, app: "onepocket"))
        table.add(firebase, name: "fcm/a", for: .init(provider: .fcm, environment: nil, app: "onepocket"))
        if withSandbox {
            table.add(sandbox, name: "apns/b", for: .init(provider: .apns, environment: .sandbox, app: "onepocket"))
        }
        return table
    }

    @Test func `a device of Apple's sandbox never takes the production lane`() {
        #expect(table().lane(provider: .apns, environment: .sandbox, app: "onepocket") == sandbox)
        #expect(table().lane(provider: .apns, environment: .production, app: "onepocket") == production)
        #expect(table(withSandbox: false).lane(provider: .apns, environment: .sandbox, app: "onepocket") == nil)
    }

    @Test func `FCM has one world, and another app no lane`() {
        #expect(table().lane(provider: .fcm, environment: .sandbox, app: "onepocket") == firebase)
        #expect(table().lane(provider: .fcm, environment: .production, app: "other") == nil)
    }

    @Test func `a lane is found by its name, and has one`() {
        #expect(table().lane(named: "fcm/a") == firebase && table().lane(named: "fcm/b") == nil)
        #expect(table().names == [production: "apns/a", sandbox: "apns/b", firebase: "fcm/a"])
    }

    private static func registration(_ target: Target, _ environment: PushEnvironment) -> Registration {
        Registration(installation: "i", target: target, environment: environment, app: "onepocket")
    }

    /// Of a push service that addresses name it is enough that its lanes are opened here.
    @Test func `a device can be rung when its lane is there, or may be opened`() {
        let subscription = Subscription(
            endpoint: "https://push.example.org/1",
            p256dh: [UInt8](repeating: 4, count: 65),
            auth: [UInt8](repeating: 1, count: 16)
        )
        let browser = Self.registration(.webpush(subscription), .production)
        #expect(!table().serves(browser) && LaneTable(opening: [.webpush]).serves(browser))
        #expect(!LaneTable(opening: [.unifiedpush]).serves(browser))
        let android = Self.registration(.fcmToken("t"), .sandbox)
        #expect(table().serves(android) && !LaneTable(opening: [.fcm]).serves(android))
    }

    @Test func `a push service has a lane, gets none, or has not been asked for`() {
        let service = LaneKey(provider: .webpush, environment: nil, app: "push.example.org")
        let other = LaneKey(provider: .webpush, environment: nil, app: "other.example.org")
        var table = LaneTable(opening: [.webpush])
        #expect(table.lane(ofService: service) == .unknown && table.services(of: .webpush) == 0)
        table.add(LaneID(rawValue: 9), name: "webpush/push.example.org", for: service)
        table.close(service: other)
        #expect(table.lane(ofService: service) == .lane(LaneID(rawValue: 9)))
        #expect(table.lane(ofService: other) == .closed)
        #expect(table.services(of: .webpush) == 1 && table.services(of: .fcm) == 0)
        // Refused since: no longer, whatever it had.
        table.close(service: service)
        #expect(table.lane(ofService: service) == .closed)
    }

    @Test func `a reload replaces the table as a whole`() {
        let shared = SharedLaneTable(table())
        shared.replace(table(withSandbox: false))
        #expect(shared.value.lane(named: "apns/b") == nil && shared.value.lane(named: "apns/a") == production)
    }
}
