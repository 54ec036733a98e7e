import Contract
import Domain
import Glibc
import Store

/// Fixed texts of others that the screens look up where they meet them (`say(known:)`).
enum KnownTexts {
    private static let faults = [
        EPERM, ENOENT, EIO, EACCES, EEXIST, ENOTDIR, EISDIR, EMFILE, ENOSPC, EROFS, ECONNREFUSED, ENOTEMPTY,
    ]

    static let all: [String] = {
        var texts = LaneAlarm.allCases.map(\.sentence)
        texts += [StoreError.full, .scarce, .overloaded, .outdated, .stopped].map(\.sentence)
        texts += faults.map { String(cString: strerror($0)) }
        // Why the service is not ready; yes and no; where a list comes from; what an order is about.
        texts += ["the disk is full", "true", "false", "live", "store", "file"]
        texts += ["lane", "school", "operation", "import", "installation", "person", "order", "delivery"]
        // What an import counts.
        texts += ["schools", "classes", "groups", "pupils", "guardians", "staff", "links", "users"]
        // Columns that are named by what they count.
        texts += DeliveryState.allCases.map { "\($0)".uppercased() }
        texts += AgeMatrix.Key.allCases.map { $0.rawValue.uppercased() }
        return texts + labels
    }()

    /// Members that stand before what they say.
    private static let labels: [String] = {
        let events = Set(EventView.members.map(\.name)).subtracting(["id", "app", "action"])
        let devices = Set(DeviceDetailsView.members.map(\.name)).subtracting(["installation"])
        let lanes = Set(LaneView.members.map(\.name)).subtracting(["lane"]).union(["credentialExpiresAt"])
        return events.union(devices).union(lanes).sorted()
    }()
}
