import Domain

/// Whether what was read from the registry still holds: the address of a device, its owner and its state.
///
/// A delivery that is loaded, parked or comes back from the engine carries an address read earlier. It is looked up again when it is old,
/// when it has waited behind a closed lane, or when its device has been signed out, moved, registered anew or revoked since. No look-up
/// per delivery: while nobody has changed anything it is two comparisons.
struct Freshness: Sendable {
    /// Beyond it an address is looked up again.
    static let ageMaxMilliseconds: Int64 = 60_000
    /// Changes remembered one by one; beyond it everything read before counts as changed.
    static let changesMax = 4096

    /// When the lane was last seen closed (monotonic milliseconds).
    var closedAt = Int64.min
    /// Devices whose row has changed, and when that was on the disk.
    private var changes: [DeviceID: Int64] = [:]
    private var allChangedAt = Int64.min
    private var newestChange = Int64.min

    /// What was read in the same millisecond may have been read before: it is looked up again, too.
    mutating func changed(_ devices: [DeviceID], at now: Int64) {
        newestChange = max(newestChange, now)
        if changes.count + devices.count > Self.changesMax {
            changes = changes.filter { now - $0.value <= Self.ageMaxMilliseconds }
        }
        guard changes.count + devices.count <= Self.changesMax else {
            changes = [:]
            allChangedAt = now
            return
        }
        for device in devices { changes[device] = now }
    }

    /// The whole of a batch is too old. `readAt`: monotonic milliseconds, taken before the reading began.
    func isOld(readAt: Int64, now: Int64) -> Bool {
        readAt < closedAt || now - readAt > Self.ageMaxMilliseconds || readAt <= allChangedAt
    }

    func isStale(_ delivery: borrowing LoadedDelivery, now: Int64) -> Bool {
        if isOld(readAt: delivery.loadedAt, now: now) { return true }
        guard delivery.loadedAt <= newestChange, let changedAt = changes[delivery.device] else { return false }
        return delivery.loadedAt <= changedAt
    }
}
