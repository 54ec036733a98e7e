import Database
package import Domain

extension Registry {
    /// What a registration made.
    package struct Registered: Hashable, Sendable {
        /// The installation is new to this account.
        package var isNew: Bool
        /// ``DeviceState/active``, or ``DeviceState/unproven`` while another account holds what it names.
        package var state: DeviceState
    }

    /// Registers a device for an account; on disk when this returns. What becomes of other accounts' devices says ``Takeover``; beyond
    /// ``Limits/devicesPerAccount`` the stalest of the account goes.
    package func register(
        _ device: Registration,
        for account: Account,
        limits: Limits,
        now: Instant
    ) async throws(StoreError) -> Registered {
        let sealed = seal.seal(device.target, of: device.installation)
        let hash = seal.hash(device.target)
        let sibling = seal.siblingHash(device.target)
        let (registered, changed) = try await writer.run(.full) { connection -> (Registered, [DeviceID]) in
            let moved = MovedDevices()
            let (account, owner) = try Self.owner(account, moved, connection)
            let claims = try Self.claims(device.installation, hash: hash, sibling: sibling, connection)
            // Of one person's accounts none has to prove anything to the other.
            let takeover = Takeover(claims.map { $0.claim(of: owner) })
            for id in takeover.removed { try connection.run(RegistrySQL.deleteDevice.rawValue, id.rawValue) }
            let previous = takeover.kept.flatMap { kept in claims.first { $0.id == kept.rawValue } }
            let row = Row(
                account: account,
                owner: owner,
                sealed: sealed,
                hash: hash,
                sibling: sibling,
                isProven: takeover.isProven
            )
            let id = try Self.write(device, row, over: takeover.kept, now: now, connection)
            if let change = Self.change(from: previous, account: account, isProven: takeover.isProven) {
                try Self.note(device: id, .active, lane: nil, change, now: now, connection)
            }
            let stalest = try connection.all(
                RegistrySQL.deleteStalest.rawValue,
                account,
                limits.devicesPerAccount,
                id
            ) { DeviceID(rawValue: $0.int64(0)) }
            let registered = Registered(
                isNew: previous?.account != account,
                state: takeover.isProven ? .active : .unproven
            )
            return (registered, moved.ids + takeover.removed + [takeover.kept].compactMap { $0 } + stalest)
        }
        await deviceChanges.tell(changed)
        return registered
    }

    /// A row that a registration meets.
    private struct Met {
        var id: Int64
        var owner: Int64
        var account: Int64?
        var sharesInstallation: Bool
        var sharesTarget: Bool
        var isProven: Bool
        var state: Int

        func claim(of owner: Int64) -> Takeover.Claim {
            .init(
                device: DeviceID(rawValue: id),
                isOwn: self.owner == owner,
                sharesInstallation: sharesInstallation,
                sharesTarget: sharesTarget,
                isProven: isProven,
                isDisabled: state == DeviceState.disabled.rawValue
            )
        }
    }

    private static func claims(
        _ installation: String,
        hash: [UInt8],
        sibling: [UInt8]?,
        _ connection: any Session
    ) throws -> [Met] {
        try connection.all(RegistrySQL.claims.rawValue, installation, hash, sibling) { row in
            Met(
                id: row.int64(0),
                owner: row.int64(1),
                account: row.int64OrNil(6),
                sharesInstallation: row.int(2) == 1,
                sharesTarget: row.int(3) == 1,
                isProven: row.int(4) == 1,
                state: row.int(5)
            )
        }
    }

    /// The provider has accepted something for a device that waited for it: what other accounts hold of the same phone goes.
    ///
    /// - Returns: the devices that changed, the proven one first; none when it has another target by now, and waits on.
    static func prove(_ device: DeviceID, targetHash: [UInt8], lane: String, now: Instant, _ connection: any Session)
        throws -> [DeviceID]
    {
        try connection.run(RegistrySQL.prove.rawValue, device.rawValue, targetHash)
        guard connection.changes > 0 else { return [] }
        try note(device: device.rawValue, .active, lane: lane, "accepted", now: now, connection)
        let rivals = try connection.all(RegistrySQL.rivals.rawValue, device.rawValue) { $0.int64(0) }
        for rival in rivals { try delete(device: rival, "moved", now: now, connection) }
        return [device] + rivals.map { DeviceID(rawValue: $0) }
    }

    /// Removes an installation of this account; nothing happens to another's. On disk when this returns.
    package func remove(installation: String, of account: Account) async throws(StoreError) {
        let removed = try await writer.run(.full) {
            try Self.deleted(RegistrySQL.deleteInstallation, installation, account.userID, $0)
        }
        await deviceChanges.tell(removed)
    }

    /// Removes the target from this account, whatever its installation is called (One Pocket's sign-out names the token).
    package func remove(target: Target, of account: Account) async throws(StoreError) {
        let hash = seal.hash(target)
        let removed = try await writer.run(.full) {
            try Self.deleted(RegistrySQL.deleteTarget, hash, account.userID, $0)
        }
        await deviceChanges.tell(removed)
    }

    /// Runs a statement that deletes devices, and returns which.
    private static func deleted(
        _ statement: RegistrySQL,
        _ first: some Bindable,
        _ second: some Bindable,
        _ connection: any Session
    ) throws -> [DeviceID] {
        try connection.all(statement.rawValue, first, second) { DeviceID(rawValue: $0.int64(0)) }
    }

    /// What a registration changes that is worth remembering; nil for the usual sign of life.
    private static func change(from previous: Met?, account: Int64, isProven: Bool) -> String? {
        guard let previous else { return isProven ? "registered" : "unproven" }
        if previous.isProven, !isProven { return "unproven" }
        if previous.account != account { return "moved" }
        return previous.state == DeviceState.active.rawValue && previous.isProven == isProven ? nil : "registeredAgain"
    }

    /// The account and its person, made when they are new; ties the ENT's id to the feed's person when the ENT names both.
    private static func owner(
        _ account: Account,
        _ moved: MovedDevices,
        _ connection: any Session
    ) throws -> (account: Int64, person: Int64) {
        if let key = account.externalKey, let feed = try feed(of: key, for: account.userID, connection) {
            try AccountTie(connection: connection, moved: moved)
                .tie(account.userID, feed: feed, key: key, profile: nil, locale: nil)
        }
        let known = try connection.first("SELECT id, person FROM account WHERE ent_id = ?", account.userID) {
            (account: $0.int64(0), person: $0.int64(1))
        }
        if let known { return known }
        let person = try connection.insert("INSERT INTO person(kind, key) VALUES (0, NULL) RETURNING id")
        let id = try connection.insert(
            "INSERT INTO account(ent_id, person) VALUES (?, ?) RETURNING id",
            account.userID,
            person
        )
        return (id, person)
    }

    /// The feed whose person the ENT means at a registration; nil when nothing is to be tied.
    ///
    /// Its word completes the mapping and never breaks it: an account that is tied to a person of a feed stays so unless the key it names is
    /// that of another known person. A key that several feeds have names nobody.
    private static func feed(of key: String, for userID: String, _ connection: any Session) throws -> Int64? {
        let tied = try connection.all(
            """
            SELECT person.key FROM account CROSS JOIN account_record tie CROSS JOIN person
            WHERE tie.account = account.id AND person.id = tie.record AND ent_id = ?
            """,
            userID
        ) { $0.text(0) }
        if tied.contains(where: { $0.hasSameBytes(as: key) }) { return nil }
        let feeds = try connection.all("SELECT feed FROM person WHERE key = ? LIMIT 2", key) { $0.int64(0) }
        if feeds.count == 1 { return feeds[0] }
        return feeds.isEmpty && tied.isEmpty ? try Self.feed(named: ImportOrigin.mainFeed, connection) : nil
    }

    /// What of a device's row the registration does not say itself.
    private struct Row {
        var account: Int64
        var owner: Int64
        var sealed: [UInt8]
        var hash: [UInt8]
        var sibling: [UInt8]?
        var isProven: Bool
    }

    /// Every registration is a proof of life, also one with the same target: a late "gone" of the provider is compared with it.
    ///
    /// - Returns: the row's id.
    private static func write(
        _ device: Registration,
        _ row: Row,
        over kept: DeviceID?,
        now: Instant,
        _ connection: any Session
    ) throws -> Int64 {
        // ?18 is the row: `changed_at` of a new one stays 0.
        let statement = kept == nil ? RegistrySQL.insertDevice : .updateDevice
        return try connection.insert(
            statement.rawValue,
            device.installation,
            row.owner,
            Int(device.target.provider.rawValue),
            Int(device.environment.rawValue),
            device.app,
            device.platform?.name ?? "",
            device.target.authority,
            device.locale,
            device.timezone,
            device.appVersion,
            row.sealed,
            row.hash,
            device.target.tail,
            now.milliseconds,
            device.target.kind,
            row.sibling,
            row.isProven,
            kept?.rawValue,
            row.account
        )
    }
}
