import Database
package import Domain

/// Reads of many rows in one statement, each row with a result of its own.
extension RegistryReader {
    /// Where to ring these devices now; a device that is gone is not in the answer. Opens a seal for each.
    package func addresses(of devices: some Collection<DeviceID>) throws -> [DeviceID: RowResult<DeviceAddress>] {
        guard let seal else { preconditionFailure("This reader was made without the storage keys") }
        var found: [DeviceID: RowResult<DeviceAddress>] = [:]
        found.reserveCapacity(devices.count)
        try connection.query(RegistryKeyedSQL.addresses, keys: devices.map(\.rawValue)) { row in
            let id = row.int64(0)
            found[DeviceID(rawValue: id)] = try row.result(.device, id) { row in
                DeviceAddress(
                    owner: PersonID(rawValue: row.int64(1)),
                    ownerID: row.text(2),
                    target: try row.withBlob(3) { try seal.open($0, of: row.text(8)) },
                    targetHash: try row.withBlob(4) { hash in
                        guard let hash = TargetHash(hash) else { throw StoreError.damaged("the hash of a target") }
                        return hash
                    },
                    registeredAt: try row.instant(5),
                    state: DeviceState(rawValue: row.int(6)) ?? .disabled,
                    platform: Platform(name: row.text(7)),
                    locale: row.textOrNil(9),
                    isRestricted: row.bool(10),
                    isRevoked: row.bool(11)
                )
            }
        }
        return found
    }

    /// First names; a person without one is not in the answer.
    package func firstNames(of persons: some Collection<PersonID>) throws -> [PersonID: String] {
        var names: [PersonID: String] = [:]
        try connection.query(RegistryKeyedSQL.firstNames, keys: persons.map(\.rawValue)) { row in
            let name = row.text(1)
            if !name.isEmpty { names[PersonID(rawValue: row.int64(0))] = name }
        }
        return names
    }

    /// Those of these persons whose data may be kept and not used.
    package func restricted(of persons: some Collection<PersonID>) throws -> Set<PersonID> {
        // Mostly there are none at all, or a few.
        let all = try connection.all("SELECT person FROM restriction LIMIT ?", Self.restrictedRead) { row in
            PersonID(rawValue: row.int64(0))
        }
        if all.count < Self.restrictedRead { return all.isEmpty ? [] : Set(persons).intersection(all) }
        var found: Set<PersonID> = []
        try connection.query(RegistryKeyedSQL.restricted, keys: persons.map(\.rawValue)) { row in
            found.insert(PersonID(rawValue: row.int64(0)))
        }
        return found
    }

    /// So many of them are read rather than looked for.
    private static let restrictedRead = 32

    /// Who stands for these persons now; those who stand for themselves are not in the answer.
    package func standing(for persons: some Collection<PersonID>) throws -> [PersonID: PersonID] {
        var standing: [PersonID: PersonID] = [:]
        try connection.query(RegistryKeyedSQL.standing, keys: persons.map(\.rawValue)) { row in
            standing[PersonID(rawValue: row.int64(0))] = PersonID(rawValue: row.int64(1))
        }
        return standing
    }

    /// Devices of these persons that are not disabled and have registered since `seenSince`.
    package func routes(
        of persons: some Collection<PersonID>,
        seenSince: Instant = Instant(milliseconds: .min)
    ) throws -> RoutesOfPersons {
        var found = RoutesOfPersons()
        try connection.query(
            RegistryKeyedSQL.routes,
            before: seenSince.milliseconds,
            keys: persons.map(\.rawValue)
        ) { row in
            let id = row.int64(0)
            found.add(try row.result(.device, id, Self.route), device: id, of: PersonID(rawValue: row.int64(1)))
        }
        found.sort()
        return found
    }

    private static func route(_ row: borrowing Row) throws -> DeviceRoute {
        guard let provider = UInt8(exactly: row.int64(2)).flatMap(ProviderID.init(rawValue:)),
            let environment = UInt8(exactly: row.int64(3)).flatMap(PushEnvironment.init(rawValue:)),
            let state = DeviceState(rawValue: row.int(6))
        else { throw StoreError.damaged("device \(row.int64(0))") }
        return DeviceRoute(
            id: DeviceID(rawValue: row.int64(0)),
            provider: provider,
            environment: environment,
            app: row.text(4),
            host: row.textOrNil(5),
            state: state
        )
    }

    /// Devices behind `after` whose row or address cannot be read, of the next `max` in the order of their ids; opens a seal for each.
    ///
    /// - Returns: them, and the last id looked at; nil behind the end.
    package func unreadableDevices(after: DeviceID?, max: Int) throws -> (rows: [UnreadableRowError], last: DeviceID?) {
        guard let seal else { preconditionFailure("This reader was made without the storage keys") }
        var last: DeviceID?
        var unreadable: [UnreadableRowError] = []
        try connection.query(RegistrySQL.devicesAfter.rawValue, after?.rawValue ?? .min, max) { row in
            let id = row.int64(0)
            last = DeviceID(rawValue: id)
            let result = try row.result(.device, id) { row in
                _ = try Self.route(row)
                _ = try row.withBlob(7) { try seal.open($0, of: row.text(8)) }
            }
            if let failure = result.failure { unreadable.append(failure) }
        }
        return (unreadable, last)
    }
}
