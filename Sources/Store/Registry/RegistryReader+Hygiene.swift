import Database
package import Domain

extension RegistryReader {
    /// Changes of one device that are shown.
    private static let changesMax = 1000

    /// Oldest first; of very many the newest.
    package func history(of device: DeviceID) throws -> [DeviceChange] {
        try connection.all(RegistrySQL.deviceHistory.rawValue, device.rawValue, Self.changesMax) { row in
            DeviceChange(
                at: Instant(milliseconds: row.int64(0)),
                state: DeviceState(rawValue: row.int(1)),
                lane: row.textOrNil(2),
                reason: row.text(3)
            )
        }.reversed()
    }

    /// Lanes whose removals are frozen, with the instant.
    package func frozenLanes() throws -> [String: Instant] {
        var lanes: [String: Instant] = [:]
        try connection.query("SELECT lane, at FROM freeze") { lanes[$0.text(0)] = Instant(milliseconds: $0.int64(1)) }
        return lanes
    }

    /// Held proofs of a lane, in the order of the devices. Primary key.
    package func heldFaults(of lane: String, limit: Int) throws -> [HeldFault] {
        try connection.all(
            "SELECT device, state, at, reason FROM held_fault WHERE lane = ? ORDER BY device LIMIT ?",
            lane,
            limit
        ) { row in
            HeldFault(
                device: DeviceID(rawValue: row.int64(0)),
                state: DeviceState(rawValue: row.int(1)) ?? .suspect,
                at: Instant(milliseconds: row.int64(2)),
                reason: row.text(3)
            )
        }
    }

    package func heldFaultCount(of lane: String) throws -> Int {
        try connection.first("SELECT count(*) FROM held_fault WHERE lane = ?", lane) { $0.int(0) } ?? 0
    }
}
