/// Who is in a page: written once at expansion, never changed. Slots are sorted by person, so that the deliveries of
/// one person stand together and a search reads one or two pages.
package struct Plan: Hashable, Sendable {
    package struct Slot: Hashable, Sendable {
        package var person: PersonID
        /// Row 0 on lane 0 ("nowhere"), where there is no device.
        package var device: DeviceID
        /// Which text of the event: 0 that of everybody, 1 with the names of the person's children (``ofSiblings``). Languages are not here:
        /// the device's is read when its address is.
        package var variant: UInt8

        /// A guardian whom the event concerns through several children.
        package static let ofSiblings: UInt8 = 1

        package init(person: PersonID, device: DeviceID, variant: UInt8 = 0) {
            self.person = person
            self.device = device
            self.variant = variant
        }
    }

    package var slots: [Slot]

    package init(slots: [Slot]) {
        self.slots = slots
    }

    /// A version byte, then per slot: person as difference, device, variant. About six bytes a delivery.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.reserveCapacity(slots.count * 7 + 4)
        Varint.append(UInt64(slots.count), to: &bytes)
        var person: Int64 = 0
        for slot in slots {
            precondition(slot.person.rawValue >= person, "The slots of a page are sorted by person")
            Varint.append(UInt64(slot.person.rawValue - person), to: &bytes)
            Varint.append(UInt64(slot.device.rawValue), to: &bytes)
            bytes.append(slot.variant)
            person = slot.person.rawValue
        }
        return bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(BlobError) {
        var reader = VarintReader(bytes)
        let version = try reader.byte()
        guard version == 1 else { throw .unknownVersion(version) }
        let count = try reader.count()
        slots = []
        slots.reserveCapacity(count)
        var person: UInt64 = 0
        for _ in 0..<count {
            let (sum, overflow) = person.addingReportingOverflow(try reader.next())
            let device = try reader.next()
            guard !overflow, let personID = Int64(exactly: sum), let deviceID = Int64(exactly: device) else {
                throw .outOfRange
            }
            person = sum
            slots.append(
                Slot(
                    person: PersonID(rawValue: personID),
                    device: DeviceID(rawValue: deviceID),
                    variant: try reader.byte()
                )
            )
        }
        guard reader.isAtEnd else { throw .outOfRange }
    }
}

extension PersonID {
    /// Persons nobody knows stand in a plan as this plus their index in the event's list of unknown users.
    package static let unknownBase: Int64 = 1 << 62

    package static func unknown(index: Int) -> PersonID { PersonID(rawValue: unknownBase + Int64(index)) }

    /// The index in the event's list of unknown users; nil for a person of the registry.
    package var unknownIndex: Int? { rawValue >= Self.unknownBase ? Int(rawValue - Self.unknownBase) : nil }
}
