import Database
package import Domain

package enum DeviceState: Int, Hashable, Sendable, CaseIterable {
    case active = 0
    /// A provider called its target malformed or foreign: not rung until it registers again.
    case suspect = 1
    /// The provider proved its target gone.
    case disabled = 2

    package var word: String { "\(self)" }
}

/// A device as lists show it; the target stays sealed, only its last four characters are shown.
package struct DeviceRow: Sendable {
    package var id: DeviceID
    package var installation: String
    package var owner: PersonID
    package var ownerID: String
    package var provider: Provider
    package var environment: PushEnvironment
    package var app: String
    package var platform: String
    package var host: String?
    package var locale: String?
    package var tokenTail: String
    package var tokenKind: String
    package var state: DeviceState
    package var reason: String?
    package var registeredAt: Instant
    package var lastSeenAt: Instant
}

/// A device of a person, as an expansion needs it.
package struct DeviceRoute: Sendable {
    package var id: DeviceID
    package var provider: Provider
    package var environment: PushEnvironment
    package var app: String
    package var host: String?
    package var state: DeviceState
}

/// What a delivery needs of its device at the moment it is sent.
package struct DeviceAddress: Sendable {
    package var owner: PersonID
    /// The owner's name outside: what the phone gets as `receiver`.
    package var ownerID: String
    package var target: Target
    package var targetHash: [UInt8]
    package var registeredAt: Instant
    package var state: DeviceState
    /// nil: the app did not say.
    package var platform: Platform?
}

extension RegistryReader {
    /// Devices of a person that are not disabled and have registered since `seenSince`.
    package func routes(
        of person: PersonID,
        seenSince: Instant = Instant(milliseconds: .min)
    ) throws -> [DeviceRoute] {
        try connection.all(
            RegistrySQL.routes.rawValue,
            person.rawValue,
            seenSince.milliseconds
        ) { row in
            guard let provider = Provider(rawValue: UInt8(clamping: row.int(1))),
                let environment = PushEnvironment(rawValue: UInt8(clamping: row.int(2))),
                let state = DeviceState(rawValue: row.int(5))
            else { throw StoreError.damaged("device \(row.int64(0))") }
            return DeviceRoute(
                id: DeviceID(rawValue: row.int64(0)),
                provider: provider,
                environment: environment,
                app: row.text(3),
                host: row.textOrNil(4),
                state: state
            )
        }
    }

    /// Where to ring a device now; nil when it is gone. Primary keys; opens one seal.
    package func address(of device: DeviceID) throws -> DeviceAddress? {
        guard let seal else { preconditionFailure("This reader was made without the storage keys") }
        return try connection.first(
            RegistrySQL.address.rawValue,
            device.rawValue
        ) { row in
            DeviceAddress(
                owner: PersonID(rawValue: row.int64(0)),
                ownerID: row.text(1),
                target: try seal.open(row.blob(2)),
                targetHash: row.blob(3),
                registeredAt: Instant(milliseconds: row.int64(4)),
                state: DeviceState(rawValue: row.int(5)) ?? .disabled,
                platform: Platform(name: row.text(6))
            )
        }
    }

    /// What a list of devices is asked for; nil means any.
    package struct DeviceFilter: Sendable {
        package var user: String?
        package var installation: String?
        package var provider: Provider?
        package var state: DeviceState?

        package init(
            user: String? = nil,
            installation: String? = nil,
            provider: Provider? = nil,
            state: DeviceState? = nil
        ) {
            self.user = user
            self.installation = installation
            self.provider = provider
            self.state = state
        }
    }

    /// In the order of their ids, after `after`.
    package func devices(_ filter: DeviceFilter, after: DeviceID?, limit: Int) throws -> [DeviceRow] {
        var owner: Int64?
        if let user = filter.user {
            guard let person = try person(user) else { return [] }
            owner = person.id.rawValue
        }
        // With an owner by index device_owner, with an installation by its UNIQUE index, else by the primary key.
        let one =
            (owner == nil ? "?2 IS NULL" : "owner = ?2") + " AND "
            + (filter.installation == nil ? "?3 IS NULL" : "installation = ?3")
        return try connection.all(
            Self.deviceColumns + """
                 WHERE device.id > ?1 AND \(one)
                AND (?4 IS NULL OR provider = ?4) AND (?5 IS NULL OR state = ?5) ORDER BY device.id LIMIT ?6
                """,
            after?.rawValue ?? 0,
            owner,
            filter.installation,
            filter.provider.map { Int($0.rawValue) },
            filter.state?.rawValue,
            limit,
            row: Self.deviceRow
        )
    }

    package func device(_ id: DeviceID) throws -> DeviceRow? {
        try connection.first(Self.deviceColumns + " WHERE device.id = ?", id.rawValue, row: Self.deviceRow)
    }

    /// UNIQUE index on installation.
    package func device(installation: String) throws -> DeviceRow? {
        try connection.first(Self.deviceColumns + " WHERE installation = ?", installation, row: Self.deviceRow)
    }

    /// Devices by provider and state, for the gauges.
    package func deviceCounts() throws -> [(provider: Provider, state: DeviceState, count: Int)] {
        try connection.all("SELECT provider, state, count(*) FROM device GROUP BY provider, state") { row in
            (
                Provider(rawValue: UInt8(clamping: row.int(0))) ?? .fcm, DeviceState(rawValue: row.int(1)) ?? .active,
                row.int(2)
            )
        }
    }

    /// Tokens of an account in clear, for One Pocket's own list of its tokens.
    package func fcmTokens(of userID: String) throws -> [String] {
        guard let seal else { preconditionFailure("This reader was made without the storage keys") }
        guard let person = try person(userID) else { return [] }
        return try connection.all(
            RegistrySQL.tokens.rawValue,
            person.id.rawValue
        ) { row -> String? in
            switch try seal.open(row.blob(0)) {
            case .fcmToken(let token), .fcmInstallation(let token): token
            case .apns, .webpush: nil
            }
        }.compactMap { $0 }
    }

    private static let deviceColumns = """
        SELECT device.id, installation, owner, coalesce(ent_id, key, ''), provider, environment, app, platform, host, device.locale,
            tail, state, reason, registered_at, last_seen_at, token_kind
        FROM device JOIN person ON person.id = device.owner
        """

    private static func deviceRow(_ row: borrowing Row) throws -> DeviceRow {
        guard let provider = Provider(rawValue: UInt8(clamping: row.int(4))),
            let environment = PushEnvironment(rawValue: UInt8(clamping: row.int(5))),
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
            registeredAt: Instant(milliseconds: row.int64(13)),
            lastSeenAt: Instant(milliseconds: row.int64(14))
        )
    }
}
