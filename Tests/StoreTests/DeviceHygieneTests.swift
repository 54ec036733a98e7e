import Database
import Domain
import Providers
import SQLite
import Store
import StoreConformance
import Synchronization
import Testing

/// active → suspect → disabled → deleted, and the mass guard.
@Suite(.timeLimit(.minutes(1)))
struct DeviceHygieneTests {
    let folder: TestFolder
    let now = TestFolder.start
    static let lane = "fcm/onepocket"

    init() throws { folder = try TestFolder() }

    private func reader(_ registry: Registry) throws -> RegistryReader {
        try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
    }

    @discardableResult
    private func register(
        _ registry: Registry,
        _ installation: String,
        _ target: Target,
        at now: Instant = TestFolder.start
    ) async throws -> DeviceRow {
        _ = try await registry.register(
            Registration(
                installation: installation,
                target: target,
                environment: .production,
                app: "onepocket",
                platform: .android,
                locale: nil
            ),
            for: Account(userID: "u-1", externalKey: nil),
            limits: Limits(),
            now: now
        )
        return try #require(try reader(registry).device(installation: installation))
    }

    private func fault(_ device: DeviceRow, _ target: Target, _ registry: Registry, isHeld: Bool = false) -> TargetFault
    {
        TargetFault(
            lane: Self.lane,
            device: device.id,
            targetHash: registry.seal.hash(target),
            kind: .suspect,
            reason: "BadDeviceToken",
            isHeld: isHeld
        )
    }

    private func state(_ device: DeviceRow, _ registry: Registry) throws -> DeviceState? {
        try reader(registry).device(device.id)?.state
    }

    @Test func `who holds addresses is told of each device that changes, before the answer`() async throws {
        try await folder.registry { registry async throws in
            let told = Mutex<[DeviceID]>([])
            registry.deviceChanges.observe { devices in told.withLock { $0 += devices } }
            func changes(_ change: () async throws -> Void) async throws -> Set<DeviceID> {
                told.withLock { $0 = [] }
                try await change()
                return Set(told.withLock { $0 })
            }
            let account = Account(userID: "u-1", externalKey: nil)
            let token = Target.fcmToken("cFID0000000000000000ab:APA91rest")
            let first = try await register(registry, "i-1", token)

            let again = try await changes { try await register(registry, "i-1", token) }
            let moved = try await changes { try await register(registry, "i-2", token) }
            let second = try #require(try reader(registry).device(installation: "i-2"))
            let accused = try await changes { _ = try await registry.apply([fault(second, token, registry)], now: now) }
            let revoked = try await changes { _ = try await registry.revoke("i-2", now: now) }
            let signedOut = try await changes { try await registry.remove(installation: "i-2", of: account) }
            let nobody = try await changes { try await registry.remove(installation: "i-2", of: account) }

            #expect(again == [first.id] && moved == [first.id])
            #expect(accused == [second.id] && revoked == [second.id] && signedOut == [second.id])
            #expect(nobody == [])
        }
    }

    @Test func `the id of a Firebase installation and its token replace one another`() async throws {
        try await folder.registry { registry async throws in
            try await register(registry, "i-1", .fcmToken("cFID0000000000000000ab:APA91rest"))
            try await register(registry, "i-2", .fcmInstallation("cFID0000000000000000ab"))
            let afterID = try reader(registry).devices(.init(), after: nil, limit: 9).map(\.installation)

            try await register(registry, "i-3", .fcmToken("cFID0000000000000000ab:APA91new"))
            try await register(registry, "i-4", .fcmToken("cOther00000000000000ab:APA91rest"))
            let afterToken = try reader(registry).devices(.init(), after: nil, limit: 9).map(\.installation)

            #expect(afterID == ["i-2"])
            #expect(afterToken == ["i-3", "i-4"])
        }
    }

    @Test func `of more changes than are shown the newest are, the oldest of them first`() async throws {
        try await folder.registry { registry async throws in
            let device = try await register(registry, "i-1", .fcmToken("t-1"))
            try folder.intruder("registry.db").run(
                """
                WITH RECURSIVE change(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM change WHERE number < 1001)
                INSERT INTO device_history(device, at, state, lane, reason) SELECT ?, number, 1, NULL, 'r' || number FROM change
                """,
                device.id.rawValue
            )

            let history = try reader(registry).history(of: device.id)

            #expect(history.count == 1000 && history.first?.reason == "r2" && history.last?.reason == "r1001")
        }
    }

    @Test func `every change of state has a line with its reason`() async throws {
        try await folder.registry { registry async throws in
            let target = Target.fcmToken("t-1")
            let device = try await register(registry, "i-1", target)
            _ = try await registry.apply([fault(device, target, registry)], now: now + .seconds(5))
            try await register(registry, "i-1", target, at: now + .seconds(10))
            // A sign of life is none.
            try await register(registry, "i-1", target, at: now + .seconds(20))

            let history = try reader(registry).history(of: device.id)

            #expect(history.map(\.reason) == ["registered", "BadDeviceToken", "registeredAgain"])
            #expect(history.map(\.state) == [.active, .suspect, .active])
            #expect(history.map(\.lane) == [nil, Self.lane, nil])
            #expect(history.map(\.at) == [now, now + .seconds(5), now + .seconds(10)])
        }
    }

    @Test(arguments: [true, false])
    func `the mass guard undoes what the lane did and waits for a person`(applying: Bool) async throws {
        try await folder.registry { registry async throws in
            let targets = (0..<4).map { Target.fcmToken("t-\($0)") }
            var devices: [DeviceRow] = []
            for (number, target) in targets.enumerated() {
                devices.append(try await register(registry, "i-\(number)", target))
            }
            // Before the span, within it, and after the mass guard.
            _ = try await registry.apply([fault(devices[0], targets[0], registry)], now: now + .seconds(10))
            _ = try await registry.apply(
                [fault(devices[1], targets[1], registry), fault(devices[2], targets[2], registry)],
                now: now + .seconds(400)
            )
            // One of them has registered again: the question is answered.
            try await register(registry, "i-2", targets[2], at: now + .seconds(405))
            let restored = try await registry.freeze(
                lane: Self.lane,
                since: now + .seconds(110),
                now: now + .seconds(410)
            )
            _ = try await registry.apply(
                [fault(devices[3], targets[3], registry, isHeld: true)],
                now: now + .seconds(420)
            )

            #expect(restored == 1)
            #expect(try devices.map { try state($0, registry) } == [.suspect, .active, .active, .active])
            #expect(try reader(registry).frozenLanes() == [Self.lane: now + .seconds(410)])
            #expect(
                try reader(registry).heldFaults(of: Self.lane, limit: 9).map(\.device) == [
                    devices[1].id, devices[3].id,
                ]
            )

            let (held, changed) = try await registry.thaw(lane: Self.lane, applying: applying, now: now + .seconds(500))

            #expect(held == 2 && changed == (applying ? 2 : 0))
            let after: DeviceState = applying ? .suspect : .active
            #expect(try devices.map { try state($0, registry) } == [.suspect, after, .active, after])
            #expect(try reader(registry).frozenLanes().isEmpty)
            #expect(try reader(registry).heldFaultCount(of: Self.lane) == 0)
        }
    }

    @Test func `what a lane did since an instant is undone in one order, and nothing else`() async throws {
        try await folder.registry { registry async throws in
            let targets = (0..<4).map { Target.fcmToken("t-\($0)") }
            var devices: [DeviceRow] = []
            for (number, target) in targets.enumerated() {
                devices.append(try await register(registry, "i-\(number)", target))
            }
            // Before the instant, at it, by another lane, and one that has registered since.
            _ = try await registry.apply([fault(devices[0], targets[0], registry)], now: now + .seconds(9))
            _ = try await registry.apply([fault(devices[1], targets[1], registry)], now: now + .seconds(10))
            var other = fault(devices[2], targets[2], registry)
            other.lane = "fcm/other"
            _ = try await registry.apply([other, fault(devices[3], targets[3], registry)], now: now + .seconds(11))
            try await register(registry, "i-3", targets[3], at: now + .seconds(12))
            let told = Mutex<[DeviceID]>([])
            registry.deviceChanges.observe { ids in told.withLock { $0 += ids } }
            let since = now + .seconds(10)

            let counted = try await registry.restore(
                lane: Self.lane,
                since: since,
                isDryRun: true,
                now: now + .seconds(20)
            )
            #expect(try counted == 1 && state(devices[1], registry) == .suspect)
            #expect(told.withLock { $0 }.isEmpty)

            let restored = try await registry.restore(
                lane: Self.lane,
                since: since,
                isDryRun: false,
                now: now + .seconds(20)
            )
            #expect(restored == 1)
            #expect(try devices.map { try state($0, registry) } == [.suspect, .active, .suspect, .active])
            // Lanes that hold its address look again.
            #expect(told.withLock { $0 } == [devices[1].id])
            #expect(try reader(registry).history(of: devices[1].id).last?.reason == "restored")
            let again = try await registry.restore(
                lane: Self.lane,
                since: since,
                isDryRun: false,
                now: now + .seconds(30)
            )
            #expect(again == 0)
        }
    }

    @Test func `a proof that was held does not count against a later registration`() async throws {
        try await folder.registry { registry async throws in
            let target = Target.fcmToken("t-1")
            let device = try await register(registry, "i-1", target)
            _ = try await registry.freeze(lane: Self.lane, since: now, now: now)
            var gone = fault(device, target, registry, isHeld: true)
            gone.kind = .gone(since: now + .seconds(1))
            _ = try await registry.apply([gone], now: now + .seconds(1))
            try await register(registry, "i-1", target, at: now + .seconds(2))

            let (_, changed) = try await registry.thaw(lane: Self.lane, applying: true, now: now + .seconds(3))

            #expect(changed == 0)
            #expect(try state(device, registry) == .active)
        }
    }

    @Test func `age moves suspects to disabled, disabled to deleted, and the unseen out`() async throws {
        let day = Duration.seconds(86_400)
        let ages = Registry.HygieneAges(suspect: day * 30, disabled: day * 30, unseen: day * 270, history: day * 400)
        try await folder.registry { registry async throws in
            let target = Target.fcmToken("t-1")
            let ill = try await register(registry, "i-1", target)
            let silent = try await register(registry, "i-2", .fcmToken("t-2"))
            let alive = try await register(registry, "i-3", .fcmToken("t-3"), at: now + day * 200)
            _ = try await registry.apply([fault(ill, target, registry)], now: now)

            func sweep(_ days: Int) async throws -> [DeviceState?] {
                while try await registry.sweepDevices(ages, now: now + day * days, max: 1) > 0 {}
                return try [ill, silent, alive].map { try state($0, registry) }
            }

            #expect(try await sweep(29) == [.suspect, .active, .active])
            #expect(try await sweep(31) == [.disabled, .active, .active])
            #expect(try await sweep(60) == [.disabled, .active, .active])
            #expect(try await sweep(62) == [nil, .active, .active])
            #expect(try await sweep(269) == [nil, .active, .active])
            #expect(try await sweep(271) == [nil, nil, .active])
            #expect(
                try reader(registry).history(of: ill.id).map(\.reason)
                    == ["registered", "BadDeviceToken", "suspectTooLong", "disabledTooLong"]
            )
        }
    }

    @Test func `a device that has not registered for long is not rung`() async throws {
        try await folder.registry { registry async throws in
            let device = try await register(registry, "i-1", .fcmToken("t-1"))
            let reader = try reader(registry)
            #expect(try reader.route(device.owner, seenSince: now).count == 1)
            #expect(try reader.route(device.owner, seenSince: now + .milliseconds(1)).isEmpty)
        }
    }
}
