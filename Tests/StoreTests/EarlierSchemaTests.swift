import Cryptography
import Database
import Domain
import Glibc
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// Stores of every earlier schema, with open work in them, open as they are and lose nothing.
@Suite(.timeLimit(.minutes(1)))
struct EarlierSchemaTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func fill(_ file: String, from dump: String) throws {
        let path = Sample.folder.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/stores/" + dump
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0, "\(path)")
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(descriptor, &bytes, bytes.count)
        try #require(count > 0 && count < bytes.count)
        try folder.intruder(file).execute(String(decoding: bytes[..<count], as: UTF8.self))
    }

    @Test(arguments: ["queue-1.sql", "queue-2.sql", "queue-3.sql", "queue-9.sql"])
    func `the queue opens, adds up and goes on`(dump: String) async throws {
        try fill("queue.db", from: dump)
        try await folder.queue { queue async throws in
            let reader = try folder.reader()
            var conservation = Conservation(reader)
            let report = try conservation.check()
            #expect(report.violations == [])
            #expect((report.counts.events, report.counts.deliveries) == (3, 36))
            #expect((report.counts.pending, report.counts.deferred, report.counts.dead) == (33, 1, 1))
            #expect(try reader.openPages().map(\.count).sorted() == [6, 6, 12, 12])
            #expect(try reader.dueEvents(now: TestFolder.start, limit: 10).count == 2)
            let lane = try #require(try reader.lanes().first { $0.name == "fcm/onepocket" })
            #expect(try reader.dueRetries(on: lane.id, now: TestFolder.start + .seconds(90), limit: 10).count == 1)
            // An identity of before the migration is still one.
            guard case .duplicate = try await queue.post(NewEvent.sample("sending")) else {
                Issue.record("the identity is forgotten")
                return
            }
        }
    }

    @Test func `what is dead or held of schema 9 keeps what is read of it`() async throws {
        try fill("queue.db", from: "queue-9.sql")
        let session = try folder.intruder("queue.db")
        try session.execute("INSERT INTO held VALUES (1024, 1, 1876951040000000000, 3, 1790000000000)")
        try await folder.queue { _ in }
        let columns = [
            "dead": ["delivery", "lane", "event", "died_at", "attempts"],
            "held": ["delivery", "lane", "event", "attempts"],
        ]
        let rows: [String: [Int64]] = [
            "dead": [1026, 1, 1_876_951_040_000_000_000, 1_790_000_000_000, 8],
            "held": [1024, 1, 1_876_951_040_000_000_000, 3],
        ]
        for (table, names) in columns {
            #expect(try session.all("SELECT name FROM pragma_table_info(?)", table) { $0.text(0) } == names)
            let kept = try session.all("SELECT \(names.joined(separator: ", ")) FROM \(table)") { row in
                [row.int64(0), row.int64(1), row.int64(2), row.int64(3)] + (names.count > 4 ? [row.int64(4)] : [])
            }
            #expect(kept == [rows[table]])
        }
    }

    /// Rows of schema 9 are wider than those of 10; a header that is gone does not tell which they are.
    @Test(arguments: [false, true])
    func `what is recovered of schema 9 keeps its events`(isHeaderGone: Bool) async throws {
        try fill("queue.db", from: "queue-9.sql")
        if isHeaderGone {
            let file = open(folder.path + "/queue.db", O_WRONLY)
            try #require(pwrite(file, [UInt8](repeating: 0xA5, count: 16), 16, 0) == 16)
            close(file)
        }
        let new = try TestFolder()
        let report = try Recovery.run(from: folder.path, to: new.path, actor: "lea", now: TestFolder.start)
        #expect(report.eventsLost.isEmpty && report.rows["queue.db"]?["dead"]?.saved == 1, "\(report)")
        try await new.queue { _ in
            var conservation = Conservation(try new.reader())
            let counts = try conservation.check().counts
            #expect((counts.events, counts.deliveries, counts.dead) == (3, 36, 1))
        }
    }

    @Test(arguments: ["registry-1.sql", "registry-2.sql", "registry-3.sql", "registry-4.sql"])
    func `the registry opens and every target can be rung`(dump: String) async throws {
        try fill("registry.db", from: dump)
        let key = TargetSeal.Key(id: "s1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        try await folder.registry(keys: [key]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            #expect(try reader.violations() == [])
            for device in Int64(1)...24 {
                let address = try reader.address(DeviceID(rawValue: device))
                let isSuspect = ["registry-3.sql", "registry-4.sql"].contains(dump) && device == 3
                #expect(address?.owner == PersonID(rawValue: (device - 1) / 4 + 1))
                #expect(address?.state == (isSuspect ? .suspect : .active))
            }
        }
    }

    @Test func `schema 3 keeps states, histories, the counter of ids and the schools switched`() async throws {
        try fill("registry.db", from: "registry-3.sql")
        let key = TargetSeal.Key(id: "s1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        try await folder.registry(keys: [key]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            let ill = try #require(try reader.device(DeviceID(rawValue: 3)))
            #expect(ill.state == .suspect && ill.reason == "BadDeviceToken")
            #expect(try reader.history(of: ill.id).last?.lane == "fcm/onepocket")
            #expect(try reader.school(uai: "0420001A")?.isActive == false)
            #expect(try reader.keyUses() == [KeyUse(id: "s1", devices: 24, unbound: 24)])

            // Ids go on behind the last one that was ever given.
            _ = try await registry.register(
                Registration(installation: "new", target: .fcmToken("t"), environment: .production, app: "onepocket"),
                for: Account(userID: "u-new", externalKey: nil),
                limits: Limits(),
                now: TestFolder.start
            )
            #expect(try reader.device(installation: "new")?.id == DeviceID(rawValue: 100))

            // Every seal of before moves to the first key, bound to its row.
            let done = try await registry.reseal(after: DeviceID(rawValue: 0), max: 100)
            #expect(done == .init(looked: 25, moved: 24, failed: 0, next: nil))
            #expect(try reader.keyUses() == [KeyUse(id: "s1", devices: 25, unbound: 0)])
            for device in Int64(1)...24 { #expect(try reader.address(DeviceID(rawValue: device)) != nil) }
        }
    }

    @Test func `what schema 4 holds is of feed main, under the same numbers`() async throws {
        try fill("registry.db", from: "registry-4.sql")
        let key = TargetSeal.Key(id: "s1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        try await folder.registry(keys: [key]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            let guardian = try #require(try reader.person("g1"))
            #expect(guardian.id == PersonID(rawValue: 1) && guardian.kind == .guardian && guardian.entID == "u00")
            #expect(try reader.person("gone")?.entID == "u01")
            let day = CalendarDay(daysSince1970: 20_700)
            for member in [AudienceMember.schoolClass("70011"), .school("0420001A"), .pupil("p1")] {
                let audience = try reader.audience(of: [member], on: { _ in day }, author: nil)
                #expect(audience.persons.map(\.person) == [guardian.id], "\(member)")
            }
            #expect(try reader.devices(.init(account: "u00"), after: nil, limit: 9).map(\.id.rawValue) == [1, 2, 3, 4])

            // The same delivery as before finds every row again.
            let records: [DirectoryRecord] = [
                .school(.init(key: "42", uai: "0420001A", name: "Ecole")),
                .guardian(.init(key: "g1", lastName: "Un", firstName: "")),
                .pupil(
                    .init(
                        person: .init(key: "p1", lastName: "Un", firstName: ""),
                        memberships: [
                            .init(place: .school(key: "42")),
                            .init(
                                place: .schoolClass(key: "70011", school: "42", name: "CP"),
                                from: CalendarDay(daysSince1970: 20_697)
                            ),
                        ],
                        guardians: [.init(key: "g1", raw: "")]
                    )
                ),
            ]
            let again = try await Sample.importRecords(records, into: registry)
            #expect(again.state == .applied && again.changes == 0)
            #expect(try reader.person("g1")?.id == guardian.id)
            #expect(try reader.violations() == [])
        }
    }

    @Test func `accounts and links of schema 4 are still those of their records, and may become one person`()
        async throws
    {
        try fill("registry.db", from: "registry-4.sql")
        let key = TargetSeal.Key(id: "s1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        try await folder.registry(keys: [key]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            func tell(_ key: String, _ feed: String) async throws -> ImportReport {
                try await registry.map([UserRecord(id: "u00", externalKey: key, profile: nil, locale: nil, feed: feed)])
            }
            #expect(try await tell("g1", "main").changes == 0)
            #expect(try await tell("g9", "lyon").diff.users.changed == 1)
            let guardian = try #require(try reader.person("u00"))
            #expect(guardian.id == PersonID(rawValue: 1))
            #expect(try reader.person("g9")?.id == guardian.id)
            #expect(try reader.devices(.init(user: "g9"), after: nil, limit: 9).map(\.id.rawValue) == [1, 2, 3, 4])
            // The link that was there before the migration goes by its record.
            let unlinked = try await registry.importing(
                [DirectoryChange(.unlink(pupil: "p1", guardian: "g1"))],
                origin: ImportOrigin(format: "ndjson", mode: "delta"),
                scope: .changes
            )
            #expect(unlinked.diff.links.removed == 1)
            let day = CalendarDay(daysSince1970: 20_700)
            #expect(try reader.audience(of: [.pupil("p1")], on: { _ in day }, author: nil).persons.isEmpty)
            #expect(try reader.violations() == [])
        }
    }
}
