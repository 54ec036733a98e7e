import Cryptography
import Domain
import Providers
import Store

/// One made-up school, and how it comes into a registry.
struct School: Sendable {
    private enum Kind: Sendable {
        case apns
        case fcm
        /// Browsers whose push service is on this port of `localhost`.
        case webPush(port: Int)
    }

    let uai: String
    let prefix: String
    let guardians: Int
    private let kind: Kind

    /// nil: not of the form UAI:PREFIX:GUARDIANS:KIND.
    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 4, let guardians = Int(parts[2]), guardians >= 2, guardians.isMultiple(of: 2) else {
            return nil
        }
        let kind = parts[3].split(separator: "=").map(String.init)
        switch (kind.first, kind.count) {
        case ("apns", 1): self.kind = .apns
        case ("fcm", 1): self.kind = .fcm
        case ("webpush", 2):
            guard let port = Int(kind[1]) else { return nil }
            self.kind = .webPush(port: port)
        default: return nil
        }
        uai = parts[0]
        prefix = parts[1]
        self.guardians = guardians
    }

    func importDirectory(into registry: Registry, now: Instant) async throws {
        let stage = try await registry.beginImport(ImportOrigin(format: "bench", mode: "delta"), scope: .changes)
        let school = SchoolRecord(key: prefix, uai: uai, name: "School \(prefix)")
        _ = try await registry.stage([DirectoryChange(.put(.school(school)))], of: stage)
        for first in stride(from: 0, to: guardians, by: 2000) {
            let families = stride(from: first, to: min(first + 2000, guardians), by: 2)
            _ = try await registry.stage(families.flatMap(family).map { DirectoryChange(.put($0)) }, of: stage)
        }
        let report = try await finish(stage, in: registry, now: now)
        guard report.diff.guardians.added == guardians else {
            end("BenchSeed: \(uai) is not what was imported: \(report)")
        }
    }

    /// Two guardians and their child, a row each.
    private func family(_ number: Int) -> [DirectoryRecord] {
        let parents = [number, number + 1].map { "\(prefix)-g\($0)" }
        let pupil = number / 2
        let schoolClass = PupilRecord.Membership.Place.schoolClass(
            key: "\(prefix)-c\(pupil / 30)",
            school: prefix,
            name: "Class \(pupil / 30)"
        )
        return parents.map { .guardian(.init(key: $0, lastName: "Parent", firstName: $0)) } + [
            .pupil(
                .init(
                    person: .init(key: "\(prefix)-p\(pupil)", lastName: "Pupil", firstName: "\(pupil)"),
                    memberships: [.init(place: .school(key: prefix)), .init(place: schoolClass)],
                    guardians: parents.map { .init(key: $0, raw: "") }
                )
            )
        ]
    }

    func importAccounts(into registry: Registry, now: Instant) async throws {
        let stage = try await registry.beginImport(ImportOrigin(format: "bench", mode: "delta"), scope: .changes)
        for first in stride(from: 0, to: guardians, by: 2000) {
            let users = (first..<min(first + 2000, guardians)).map {
                UserRecord(id: user($0), externalKey: "\(prefix)-g\($0)", profile: .relative, locale: nil)
            }
            _ = try await registry.stage(users.map { DirectoryChange(.putUser($0)) }, of: stage)
        }
        _ = try await finish(stage, in: registry, now: now)
    }

    private func finish(_ stage: StagedImport, in registry: Registry, now: Instant) async throws -> ImportReport {
        try await registry.finishImport(
            stage,
            limits: ImportLimits(isYearChange: false),
            dryRun: false,
            warnings: [],
            warningsTotal: 0,
            day: BenchSeed.day(of: now),
            now: now
        )
    }

    func registerDevices(in registry: Registry, now: Instant) async throws {
        for first in stride(from: 0, to: guardians, by: 1000) {
            // A thousand at once share a commit.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in first..<min(first + 1000, guardians) {
                    let device = Registration(
                        installation: "\(prefix)-phone-\(number)",
                        target: target(number),
                        environment: .production,
                        app: "onepocket",
                        platform: nil,
                        locale: "fr"
                    )
                    let account = Account(userID: user(number), externalKey: nil)
                    group.addTask { _ = try await registry.register(device, for: account, limits: Limits(), now: now) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func user(_ number: Int) -> String { "user-\(prefix)-\(number)" }

    private func target(_ number: Int) -> Target {
        switch kind {
        case .apns: .apns(digits(number, 64))
        case .fcm: .fcmToken("cBench" + digits(number, 150))
        case .webPush(let port):
            // A key of its own each, as browsers have: what is made ready for one serves no other.
            .webpush(
                Subscription(
                    endpoint: "https://localhost:\(port)/push/" + digits(number, 64),
                    p256dh: P256.AgreementKey().publicKey,
                    auth: (0..<16).map { _ in UInt8.random(in: .min ... .max) }
                )
            )
        }
    }

    /// Hexadecimal, of this guardian of this school only.
    private func digits(_ number: Int, _ count: Int) -> String {
        let own = prefix.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let text = String((own &+ UInt64(number)) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
        let tail = String(number, radix: 16)
        return String(repeating: text, count: count / text.utf8.count + 1).prefix(count - 8)
            + String(repeating: "0", count: 8 - tail.utf8.count) + tail
    }
}
