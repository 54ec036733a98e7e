import Delivery
import Domain
import Providers
import Testing

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
}
