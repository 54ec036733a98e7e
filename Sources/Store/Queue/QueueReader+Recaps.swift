import Database
package import Domain

extension QueueReader {
    /// The rows of these deliveries that quiet hours hold or held up. UNIQUE index retry_delivery.
    package func waits(_ deliveries: some Collection<DeliveryID>, on lane: LaneID) throws -> [DeviceWait] {
        try waits(.waits, keys: deliveries.map(\.rawValue), on: lane)
    }

    /// What waits on a lane for these devices. Index retry_device.
    package func waits(of devices: some Collection<DeviceID>, on lane: LaneID) throws -> [DeviceWait] {
        try waits(.waitsOfDevices, keys: devices.map(\.rawValue), on: lane)
    }

    /// What these deliveries announce beside their own events. Index retry_carrier.
    package func followers(of carriers: some Collection<DeliveryID>, on lane: LaneID) throws -> [DeviceWait] {
        try waits(.followers, keys: carriers.map(\.rawValue), on: lane)
    }

    private func waits(_ statement: QueueKeyedSQL, keys: [Int64], on lane: LaneID) throws -> [DeviceWait] {
        var waits: [DeviceWait] = []
        try connection.query(statement, keys: keys) { row in
            guard row.int64(0) == Int64(lane.rawValue), !row.isNull(1) else { return }
            waits.append(
                DeviceWait(
                    device: DeviceID(rawValue: row.int64(1)),
                    delivery: DeliveryID(rawValue: row.int64(2)),
                    event: EventID(rawValue: row.int64(3)),
                    attempts: row.int(4),
                    dueAt: Instant(milliseconds: row.int64(5)),
                    expiresAt: Instant(milliseconds: row.int64(6)),
                    opensAt: row.int64OrNil(7).map { Instant(milliseconds: $0) },
                    carrier: row.int64OrNil(8).map { DeliveryID(rawValue: $0) }
                )
            )
        }
        return waits
    }

    /// How these deliveries stand that announce others; one that rings nobody (any more) is not in the answer.
    package func carriers(_ carriers: Set<DeliveryID>) throws -> [DeliveryID: CarrierStanding] {
        guard !carriers.isEmpty else { return [:] }
        var due: [DeliveryID: Instant] = [:]
        try connection.query(QueueKeyedSQL.dueTimes, keys: carriers.map(\.rawValue)) { row in
            due[DeliveryID(rawValue: row.int64(0))] = Instant(milliseconds: row.int64(1))
        }
        // Behind the rows: what has ended meanwhile is seen as ended.
        let pages = try pages(Set(carriers.map(\.page)))
        let endings = try endings(of: Set(pages.values.compactMap { $0.value?.event }))
        var standings: [DeliveryID: CarrierStanding] = [:]
        for carrier in carriers {
            guard let page = pages[carrier.page]?.value, carrier.slot < page.result.count else { continue }
            let isOver = endings[page.event] != .some(nil)
            let result = page.result[carrier.slot]
            if result == .acceptedInRecap {
                standings[carrier] = .reached
            } else if Coverage(result, isOver: isOver) == .waiting {
                standings[carrier] = .waiting(dueAt: due[carrier])
            }
            // Whatever else became of it, its own text included, told nobody of the others.
        }
        return standings
    }
}
