import Database
import Domain
import Store
import Testing

/// Walks over the deliveries, and the deep check.
enum ScanCases {
    static let all = [
        StoreCase("a filter chooses what it says", filtered),
        StoreCase("a scan goes on behind a delivery", goesOn),
        StoreCase("words mean what both stores hold", words),
        StoreCase("the tail tells each outcome once", tail),
        StoreCase("deliveries are counted by age and by person", ages),
        StoreCase("a sound store breaks no promise, and a broken one is named", conservation),
    ]

    private static let now = StorePlace.start

    /// An event with one delivery of each kind of ending on the first lane, another on the second, later.
    private static func fill(_ queue: QueueStore) async throws -> (event: EventID, pages: [PageID]) {
        for name in ["fcm/a", "apns/a"] { _ = try await queue.lane(named: name, provider: .some, now: now) }
        let (event, pages) = try await queue.expanded(.sample("a"), persons: 1...10, lanes: [.one, .two])
        try await queue.record(
            [
                .accepted(pages[0], 0), .deferred(pages[0], 1, until: now + .seconds(90)),
                .deferred(pages[0], 2, until: now + .seconds(120)), .dead(pages[0], 3, at: now),
                .rejected(pages[0], 4),
                Outcome(page: pages[0], slot: 5, result: SlotResult(.held, reason: .held)),
            ],
            now: now
        )
        _ = try await queue.expanded(.sample("b", at: now + .seconds(600)), persons: 5...6, lanes: [.two])
        return (event, pages)
    }

    private static func found(_ reader: QueueReader, after: DeliveryID? = nil, _ change: (inout QueueFilter) -> Void)
        throws -> [DeliveryRow]
    {
        var filter = QueueFilter()
        change(&filter)
        let scan = DeliveryScan(reader, filter, after: after)
        var rows: [DeliveryRow] = []
        while let match = try scan.next() {
            let own = try scan.rows(of: match)
            #expect(try scan.persons(of: match) == own.map(\.person))
            rows += own
        }
        #expect(scan.damaged.isEmpty)
        #expect(rows.map(\.id) == rows.map(\.id).sorted())
        return rows
    }

    private static func filtered(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (event, _) = try await fill(queue)
            let reader = try place.stores.queueReader()
            func count(_ change: (inout QueueFilter) -> Void) throws -> Int { try found(reader, change).count }
            func slots(_ change: (inout QueueFilter) -> Void) throws -> [Int] {
                try found(reader, change).map(\.id.slot)
            }
            #expect(try count { _ in } == 22)
            #expect(try count { $0.states = [.pending] } == 16)
            #expect(try count { $0.states = [.pending, .deferred, .held] } == 19)
            #expect(try slots { $0.states = [.deferred, .dead, .held] } == [1, 2, 3, 5])
            #expect(try slots { $0.states = [.accepted, .rejected] } == [0, 4])
            #expect(try count { $0.lanes = [.one] } == 10)
            #expect(try count { ($0.states, $0.lanes) = ([.pending], [.two]) } == 12)
            #expect(try count { ($0.states, $0.lanes) = ([.dead], [.two]) } == 0)
            #expect(try count { $0.event = event } == 20)
            #expect(try count { $0.user = .known(PersonID(rawValue: 5)) } == 3)
            #expect(try count { $0.device = DeviceID(rawValue: 10_002) } == 1)
            #expect(try slots { $0.reasons = [GlobPattern("bus?")] } == [1, 2])
            #expect(try slots { $0.statuses = [.init("5xx")].compactMap { $0 } } == [1, 2, 3])
            #expect(try slots { $0.attempts = [.init(">=4")].compactMap { $0 } } == [3])
            #expect(try slots { $0.dueBefore = now + .seconds(120) } == [1])
            #expect(try slots { $0.dueSince = now + .seconds(120) } == [2])
            #expect(try count { $0.madeSince = now + .seconds(600) } == 2)
            #expect(try count { $0.madeBefore = now + .seconds(600) } == 20)
            #expect(try count { $0.schools = [GlobPattern("0429*")] } == 22)
            #expect(try count { $0.apps = [GlobPattern("news")] } == 0)
            #expect(try count { $0.kinds = [GlobPattern("blog.publish-*")] } == 22)
            #expect(try count { $0.classes = [.low] } == 0)
            #expect(try count { $0.references = [GlobPattern("blog/1/*")] } == 22)
            #expect(try count { $0.references = [GlobPattern("blog/2/*")] } == 0)
        }
    }

    private static func goesOn(_ place: StorePlace) async throws {
        try await place.queue { queue in
            _ = try await fill(queue)
            let reader = try place.stores.queueReader()
            for states in [[], [.pending], [.deferred, .dead, .held]] as [Set<DeliveryState>] {
                let all = try found(reader) { $0.states = states }.map(\.id)
                for (index, id) in all.enumerated() {
                    let rest = try found(reader, after: id) { $0.states = states }.map(\.id)
                    #expect(rest == Array(all[(index + 1)...]))
                }
            }
        }
    }

    private static func words(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await registry.signIn("i-1", of: "zoé")
            let names = try place.stores.registryReader(seal: nil)
            let device = try #require(try names.device(installation: "i-1"))
            try await place.queue { queue in
                _ = try await fill(queue)
                let reader = try place.stores.queueReader()
                func resolve(_ name: FilterWords.Name, _ word: String) throws -> QueueFilter {
                    var words = FilterWords()
                    words[name] = [word]
                    return try words.resolve(queue: reader, registry: names, now: now)
                }
                #expect(try resolve(.lane, "FCM/*").lanes == [.one])
                #expect(try resolve(.user, "zoé").user == .known(device.owner))
                #expect(try resolve(.user, "Zoé").user == .unknown("Zoé"))
                #expect(try resolve(.device, "i-1").device == device.id)
                #expect(try resolve(.older, "10m").madeBefore == now - .seconds(600))
                #expect(throws: FilterWords.WordError.unknown(.device, word: "I-1", known: [])) {
                    try resolve(.device, "I-1")
                }
                #expect(throws: FilterWords.WordError.unknown(.lane, word: "x", known: ["apns/a", "fcm/a"])) {
                    try resolve(.lane, "x")
                }
            }
        }
    }

    private static func tail(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (_, pages) = try await queue.expanded(.sample("a"))
            try await queue.record([.accepted(pages[0], 0)], now: now)
            let tail = try OutcomeTail(try place.stores.queueReader(), QueueFilter())
            var filter = QueueFilter()
            filter.states = [.deferred]
            let deferred = try OutcomeTail(try place.stores.queueReader(), filter)
            func told(max: Int = 100) throws -> [DeliveryID] { try tail.next(max: max).rows.map(\.id) }
            func ids(_ page: PageID, _ slots: Int...) -> [DeliveryID] { slots.map { DeliveryID(page: page, slot: $0) } }
            #expect(try told().isEmpty)
            try await queue.record(
                [.accepted(pages[0], 1), .deferred(pages[0], 2, until: now + .seconds(60))],
                now: now
            )
            #expect(try told() == ids(pages[0], 1, 2))
            #expect(try told().isEmpty)
            #expect(try deferred.next(max: 9).rows.map(\.id) == ids(pages[0], 2))
            try await queue.record([.accepted(pages[0], 3)], now: now)
            let (_, newer) = try await queue.expanded(.sample("b"), persons: 1...9)
            try await queue.record((0..<9).map { .accepted(newer[0], $0) }, now: now)
            let look = try tail.next(max: 4)
            #expect(look.rows.map(\.id) == ids(pages[0], 3) + ids(newer[0], 0, 1, 2) && look.skipped == 6)
            try await queue.record([.accepted(pages[0], 2, isRetry: true)], now: now)
            #expect(try told() == ids(pages[0], 2), "its page was watched as long as something waited")
        }
    }

    private static func ages(_ place: StorePlace) async throws {
        try await place.queue { queue in
            _ = try await fill(queue)
            let reader = try place.stores.queueReader()
            func matrix(_ key: AgeMatrix.Key, _ unit: AgeMatrix.Unit = .rows) throws -> AgeMatrix {
                var matrix = AgeMatrix(bounds: [60_000, 600_000], of: unit)
                try matrix.count(
                    DeliveryScan(reader, QueueFilter()),
                    by: key,
                    now: now + .seconds(601),
                    laneName: { "lane \($0.rawValue)" },
                    step: { try $0() }
                )
                return matrix
            }
            #expect(try matrix(.lane).rows == ["lane 1": [0, 0, 10], "lane 2": [2, 0, 10]])
            #expect(try matrix(.state).rows["deferred"] == [0, 0, 2])
            let persons = try matrix(.lane, .users)
            #expect(persons.rows == ["lane 1": [0, 0, 10], "lane 2": [0, 0, 10]] && persons.total == [0, 0, 10])
        }
    }

    private static func conservation(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (event, pages) = try await fill(queue)
            func check() throws -> ConservationReport {
                var conservation = Conservation(try place.stores.queueReader())
                return try conservation.check()
            }
            let sound = try check()
            #expect(sound.violations == [])
            var counts = ConservationReport.Counts()
            (counts.events, counts.pages, counts.deliveries, counts.persons) = (2, 3, 22, 12)
            (counts.pending, counts.deferred, counts.dead, counts.held) = (16, 2, 1, 1)
            #expect(sound.counts == counts)
            #expect(try place.stores.queueReader().integrity() == [])
            let session = try place.session()
            try session.run("DELETE FROM retry WHERE delivery = ?", DeliveryID(page: pages[0], slot: 1).rawValue)
            try session.run("DELETE FROM page WHERE id = ?", pages[1].rawValue)
            let broken = try check()
            #expect(Set(broken.violations.map(\.rule)).isSuperset(of: [.retry, .orphan]), "\(broken.violations)")
            #expect(broken.violations.contains { $0.id.hasPrefix("D-") || $0.id == event.description })
        }
    }
}
