import Database
package import Domain

extension RegistryReader {
    /// What a list of devices is asked for; nil means any.
    package struct DeviceFilter: Sendable {
        /// A person by the ENT's id or the feed's key: the devices of all of his or her accounts.
        package var user: String?
        /// One account of the ENT.
        package var account: String?
        package var installation: String?
        package var provider: ProviderID?
        package var state: DeviceState?

        package init(
            user: String? = nil,
            account: String? = nil,
            installation: String? = nil,
            provider: ProviderID? = nil,
            state: DeviceState? = nil
        ) {
            self.user = user
            self.account = account
            self.installation = installation
            self.provider = provider
            self.state = state
        }
    }

    /// Installations that begin with this, in their order. UNIQUE index of `installation`.
    package func installations(prefix: String, limit: Int) throws -> [String] {
        try connection.all(
            "SELECT installation FROM device WHERE installation >= ?1 AND installation < ?2 ORDER BY installation LIMIT ?3",
            prefix,
            prefix + "\u{10FFFF}",
            limit
        ) { $0.text(0) }
    }

    /// In the order of their ids, after `after`. One that cannot be read is noted (``RegistryReader/unreadable``) and left out.
    package func devices(_ filter: DeviceFilter, after: DeviceID?, limit: Int) throws -> [DeviceRow] {
        // Of a key that several feeds have: the devices of each.
        let owners = try filter.user.map { try persons(meantBy: $0).map(\.id.rawValue) }
        guard owners?.isEmpty != true else { return [] }
        var account: Int64?
        if let name = filter.account {
            account = try connection.first("SELECT id FROM account WHERE ent_id = ?", name) { $0.int64(0) }
            guard account != nil else { return [] }
        }
        // With an owner by index device_owner, with an account by device_account, with an installation by its UNIQUE index, else by the primary key.
        let one =
            (owners.map { "owner IN (\($0.map(String.init).joined(separator: ",")))" } ?? "?2 IS NULL") + " AND "
            + (account == nil ? "?7 IS NULL" : "device.account = ?7") + " AND "
            + (filter.installation == nil ? "?3 IS NULL" : "installation = ?3")
        return try unreadable.listing(limit: limit, from: after?.rawValue ?? 0) { last, count in
            try connection.all(
                Self.deviceColumns + """
                     WHERE device.id > ?1 AND \(one)
                    AND (?4 IS NULL OR provider = ?4)
                    AND (?5 IS NULL OR CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END = ?5)
                    ORDER BY device.id LIMIT ?6
                    """,
                last,
                Int64?.none,
                filter.installation,
                filter.provider.map { Int($0.rawValue) },
                filter.state?.rawValue,
                count,
                account
            ) { row in (row.int64(0), try row.result(.device, row.int64(0), Self.deviceRow)) }
        }
    }

    package func device(_ id: DeviceID) throws -> DeviceRow? {
        try connection.first(Self.deviceColumns + " WHERE device.id = ?", id.rawValue, row: Self.deviceRow)
    }

    /// Index device_installation. `owner`: of this account; without it the one that is proven stands for the installation.
    package func device(installation: String, of owner: String? = nil) throws -> DeviceRow? {
        try connection.first(
            Self.deviceColumns
                + " WHERE installation = ?1 AND (?2 IS NULL OR coalesce(account.ent_id, key, '') = ?2) ORDER BY is_proven DESC, device.id LIMIT 1",
            installation,
            owner,
            row: Self.deviceRow
        )
    }

    /// Whether any device names this push service, whatever its state. Index device_host.
    package func hasDevice(of provider: ProviderID, at host: String) throws -> Bool {
        try connection.first(RegistrySQL.deviceAtHost.rawValue, Int(provider.rawValue), host) { _ in true } ?? false
    }

    /// How many devices of one lane stand in one state.
    package struct DeviceCount: Sendable {
        package var provider: ProviderID
        package var environment: PushEnvironment
        package var app: String
        package var host: String?
        package var state: DeviceState
        package var count: Int
    }

    /// Devices by what chooses their lane and by state, for the gauges: a few rows, however many devices there are.
    package func deviceCounts() throws -> [DeviceCount] {
        try connection.all(
            """
            SELECT provider, environment, app, nullif(host, ''), standing, count FROM device_count
            ORDER BY provider, environment, app, host, standing
            """
        ) { row in
            DeviceCount(
                provider: ProviderID(UInt8(clamping: max(1, row.int(0)))),
                environment: PushEnvironment(rawValue: UInt8(clamping: row.int(1))) ?? .production,
                app: row.text(2),
                host: row.textOrNil(3),
                state: DeviceState(rawValue: row.int(4)) ?? .active,
                count: row.int(5)
            )
        }
    }

    /// The addresses of an account's devices of one provider, in clear; one that cannot be opened is told apart. `read`: of
    /// ``Target/bytes``; nil for what is no address of that provider.
    package func targets<Address>(of userID: String, provider: ProviderID, read: ([UInt8]) -> Address?) throws
        -> [RowResult<Address>]
    {
        guard let seal else { preconditionFailure("This reader was made without the storage keys") }
        return try connection.all(RegistrySQL.tokens.rawValue, userID, Int(provider.rawValue)) { row in
            try row.result(.device, row.int64(0)) { row in
                let bytes = try row.withBlob(1) { try seal.open($0, of: row.text(2)) }
                guard let address = read(bytes) else { throw TargetSeal.OpenError.damaged }
                return address
            }
        }
    }

    private static let deviceColumns = """
        SELECT device.id, installation, owner, coalesce(account.ent_id, key, ''), provider, environment, app, platform, host, device.locale,
            tail, CASE WHEN state = 0 AND is_proven = 0 THEN 4 ELSE state END, reason, registered_at, last_seen_at, token_kind
        FROM device JOIN person ON person.id = device.owner LEFT JOIN account ON account.id = device.account
        """

    private static func deviceRow(_ row: borrowing Row) throws -> DeviceRow {
        guard let provider = ProviderID(rawValue: UInt8(clamping: row.int64(4))),
            let environment = PushEnvironment(rawValue: UInt8(clamping: row.int64(5))),
            let state = DeviceState(rawValue: row.int(11))
        else { throw StoreError.damaged("device \(row.int64(0))") }
        return DeviceRow(
            id: DeviceID(rawValue: row.int64(0)),
            installation: row.text(1),
            owner: PersonID(rawValue: row.int64(2)),
            ownerID: row.text(3),
            provider: provider,
            environment: environment,
            app: row.text(6),
            platform: row.text(7),
            host: row.textOrNil(8),
            locale: row.textOrNil(9),
            tokenTail: row.text(10),
            tokenKind: row.text(15),
            state: state,
            reason: row.textOrNil(12),
            registeredAt: try row.instant(13),
            lastSeenAt: try row.instant(14)
        )
    }
}
