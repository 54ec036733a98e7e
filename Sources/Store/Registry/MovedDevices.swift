import Domain

/// Devices that have another owner since their account is another person's, collected in a transaction and told after its commit
/// (``DeviceChanges``).
final class MovedDevices {
    private(set) var ids: [DeviceID] = []

    func add(_ devices: [DeviceID]) { ids += devices }
}
