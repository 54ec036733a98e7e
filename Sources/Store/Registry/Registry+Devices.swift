import Database
package import Domain

/// The account a parent proved to own: the ENT's user id and, when the ENT tells it, the feed's key.
package struct Account: Hashable, Sendable {
    package var userID: String
    package var externalKey: String?

    package init(userID: String, externalKey: String?) {
        self.userID = userID
        self.externalKey = externalKey
    }
}

extension Registry {
    /// Registers a device for an account; on disk when this returns.
    ///
    /// The installation and the target move from any other account; beyond ``Limits/devicesPerAccount`` the stalest of the account goes.
    /// - Returns: true when the installation is new to this account.
    package func register(
        _ device: Registration,
        for account: Account,
        limits: Limits,
        now: Instant
    ) async throws(StoreError) -> Bool {
        let sealed: [UInt8]
        do { sealed = try seal.seal(device.target) } catch { throw StoreError(error) }
        let hash = seal.hash(device.target)
        let firebase = seal.firebaseHash(device.target)
        return try await writer.run(.full) { connection in
            let owner = try Self.person(for: account, connection)
            let previous = try connection.first(
                RegistrySQL.ownerOfInstallation.rawValue,
                device.installation
            ) { (id: $0.int64(0), owner: $0.int64(1), state: $0.int(2)) }
            // A target belongs to one owner: the row that had it under another installation goes, whoever owned it.
            try connection.run(
                RegistrySQL.deleteOtherOfTarget.rawValue,
                hash,
                device.installation
            )
            // Token and id of one Firebase installation are never valid together: the newer replaces the older.
            if let firebase {
                try connection.run(RegistrySQL.deleteOtherOfFirebase.rawValue, firebase, device.installation)
            }
            try Self.upsert(
                device,
                owner: owner,
                sealed: sealed,
                hash: hash,
                firebase: firebase,
                tail: Self.tail(device.target),
                now: now,
                connection
            )
            if let change = Self.change(from: previous.map { ($0.owner, $0.state) }, owner: owner) {
                let id =
                    try previous?.id ?? connection.first(
                        "SELECT id FROM device WHERE installation = ?",
                        device.installation
                    ) { $0.int64(0) } ?? 0
                try Self.note(device: id, .active, lane: nil, change, now: now, connection)
            }
            try connection.run(
                RegistrySQL.deleteStalest.rawValue,
                owner,
                limits.devicesPerAccount,
                device.installation
            )
            return previous?.owner != owner
        }
    }

    /// Removes an installation of this account; nothing happens to another's. On disk when this returns.
    package func remove(installation: String, of account: Account) async throws(StoreError) {
        try await writer.run(.full) { connection in
            try connection.run(
                RegistrySQL.deleteInstallation.rawValue,
                installation,
                account.userID
            )
        }
    }

    /// Removes the target from this account, whatever its installation is called (One Pocket's sign-out names the token).
    package func remove(target: Target, of account: Account) async throws(StoreError) {
        let hash = seal.hash(target)
        try await writer.run(.full) { connection in
            try connection.run(
                RegistrySQL.deleteTarget.rawValue,
                hash,
                account.userID
            )
        }
    }

    /// What a registration changes that is worth remembering; nil for the usual sign of life.
    private static func change(from previous: (owner: Int64, state: Int)?, owner: Int64) -> String? {
        guard let previous else { return "registered" }
        if previous.owner != owner { return "moved" }
        return previous.state == DeviceState.active.rawValue ? nil : "registeredAgain"
    }

    /// The person row of an account, made when it is new; ties the ENT's id to the feed's person when the ENT names both.
    static func person(for account: Account, _ connection: any Session) throws -> Int64 {
        if let key = account.externalKey, try mayTie(account.userID, to: key, connection) {
            try tie(entID: account.userID, key: key, profile: nil, locale: nil, connection)
        }
        if let id = try connection.first("SELECT id FROM person WHERE ent_id = ?", account.userID, row: { $0.int64(0) })
        {
            return id
        }
        return try connection.insert("INSERT INTO person(kind, ent_id) VALUES (0, ?) RETURNING id", account.userID)
    }

    /// The ENT's word at a registration completes the mapping and never breaks it: a user who is tied to a person of the feed stays
    /// so unless the key it names is that of another known person.
    private static func mayTie(_ userID: String, to key: String, _ connection: any Session) throws -> Bool {
        let tied = try connection.first("SELECT key FROM person WHERE ent_id = ? AND key IS NOT NULL", userID) {
            $0.text(0)
        }
        guard let tied else { return true }
        guard tied != key else { return false }
        return try connection.first("SELECT 1 FROM person WHERE key = ?", key) { $0.int(0) } != nil
    }

    private static func upsert(
        _ device: Registration,
        owner: Int64,
        sealed: [UInt8],
        hash: [UInt8],
        firebase: [UInt8]?,
        tail: String,
        now: Instant,
        _ connection: any Session
    ) throws {
        // Every registration is a proof of life, also one with the same target: a late "gone" of the provider is compared with it.
        let tokenKind =
            switch device.target {
            case .fcmToken, .apns: "token"
            case .fcmInstallation: "fid"
            case .webpush: "subscription"
            }
        try connection.run(
            """
            INSERT INTO device(installation, owner, provider, environment, app, platform, host, locale, timezone, app_version,
                target, target_hash, tail, state, reason, registered_at, last_seen_at, token_kind, fid_hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, NULL, ?14, ?14, ?15, ?16)
            ON CONFLICT(installation) DO UPDATE SET owner = ?2, provider = ?3, environment = ?4, app = ?5, platform = ?6, host = ?7,
                locale = ?8, timezone = ?9, app_version = ?10, target = ?11, target_hash = ?12, tail = ?13, state = 0, reason = NULL,
                registered_at = ?14, last_seen_at = ?14, token_kind = ?15, fid_hash = ?16, changed_at = ?14
            """,
            device.installation,
            owner,
            Int(device.target.provider.rawValue),
            Int(device.environment.rawValue),
            device.app,
            device.platform?.name ?? "",
            Self.host(device.target),
            device.locale,
            device.timezone,
            device.appVersion,
            sealed,
            hash,
            tail,
            now.milliseconds,
            tokenKind,
            firebase
        )
    }

    /// The push service of a subscription: its lane goes by it.
    private static func host(_ target: Target) -> String? {
        guard case .webpush(let subscription) = target else { return nil }
        do { return try PushEndpoint(subscription.endpoint).authority } catch { return nil }
    }

    private static func tail(_ target: Target) -> String {
        switch target {
        case .fcmToken(let text), .fcmInstallation(let text), .apns(let text): String(text.suffix(4))
        case .webpush(let subscription): String(subscription.endpoint.suffix(4))
        }
    }
}
