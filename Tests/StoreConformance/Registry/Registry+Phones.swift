import Domain
import Store

extension Target {
    static func sample(_ token: String, _ provider: ProviderID = .some, host: String? = nil) -> Target {
        Target(
            provider: provider,
            bytes: Array(token.utf8),
            kind: "token",
            tail: String(token.suffix(4)),
            authority: host
        )
    }
}

extension Registry {
    /// A phone of that account; `key`: what the ENT says it is in the directory.
    func signIn(
        _ installation: String,
        of user: String,
        key: String? = nil,
        token: String? = nil,
        at now: Instant = StorePlace.start
    ) async throws {
        let device = Registration(
            installation: installation,
            target: .sample(token ?? "token of " + installation),
            environment: .production,
            app: "onepocket"
        )
        let account = Account(userID: user, externalKey: key)
        _ = try await register(device, for: account, limits: Limits(), now: now)
    }

    /// Two classes of one school in feed `main`: p1 and p2 in `c1`, p3 in `c2`; g1 has p1 and p2, g2 has p2, and nobody has p3.
    func deliverSchool(
        _ feed: String = ImportOrigin.mainFeed,
        uai: String = "0420001A",
        pupils: [(key: String, schoolClass: String, guardians: [String])] = [
            ("p1", "c1", ["g1"]), ("p2", "c1", ["g1", "g2"]), ("p3", "c2", []),
        ],
        adults: [String] = ["g1", "g2"],
        approval: ImportApproval? = nil
    ) async throws -> ImportReport {
        var records: [DirectoryRecord] = [.school(SchoolRecord(key: "s", uai: uai, name: "School of " + feed))]
        records += adults.map { .guardian(PersonRecord(key: $0, lastName: "Léa", firstName: "First " + $0)) }
        records += pupils.map { pupil in
            .pupil(
                PupilRecord(
                    person: PersonRecord(key: pupil.key, lastName: "P", firstName: "First " + pupil.key),
                    memberships: [
                        .init(place: .school(key: "s")),
                        .init(place: .schoolClass(key: pupil.schoolClass, school: "s", name: "CP")),
                    ],
                    guardians: pupil.guardians.map { .init(key: $0, raw: "") }
                )
            )
        }
        return try await importing(
            records.map { DirectoryChange(.put($0)) },
            origin: ImportOrigin(format: "aaf1d", mode: "complete", actor: "léa", source: "folder", feed: feed),
            approval: approval
        )
    }
}

extension StorePlace {
    static let day = CalendarDay(daysSince1970: 20_697)

    func reader(_ registry: Registry) throws -> RegistryReader { try stores.registryReader(seal: registry.seal) }
}
