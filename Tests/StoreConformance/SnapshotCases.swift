import Database
import Domain
import Store
import Testing

/// Readers beside the writer: what they see, when, and how long they may look.
enum SnapshotCases {
    static let all = [
        StoreCase("a reader sees each commit, and a snapshot one state", snapshots),
        StoreCase("a question ends with its time", bounded),
        StoreCase("readers work when nothing is open, and what was closed refuses", closed),
        StoreCase("a sound registry breaks no promise, and a broken one is named", violations),
    ]

    private static func snapshots(_ place: StorePlace) async throws {
        try await place.registry { registry in
            try await registry.signIn("i-1", of: "u")
            let reader = try place.reader(registry)
            let id = try #require(try reader.person("u")).id
            let session = try place.registrySession()
            try reader.snapshot { inside in
                #expect(try inside.restriction(of: id) == nil)
                try session.run("INSERT INTO restriction(person, at) VALUES (?, ?)", id.rawValue, 5)
                #expect(try inside.restriction(of: id) == nil)
                // A snapshot within it is the same.
                let nested = try inside.snapshot { try $0.restricted(of: [id]) }
                #expect(nested.isEmpty)
                #expect(try inside.restricted(of: [id]).isEmpty)
            }
            #expect(try reader.restriction(of: id) == Instant(milliseconds: 5))
            #expect(throws: StoreError.stopped) { try reader.snapshot { _ in throw StoreError.stopped } }
            #expect(
                try reader.snapshot { try $0.restricted(of: [id]) } == [id],
                "a question that failed left none open"
            )
        }
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            for number in 1...10 {
                _ = try await queue.post(.sample("\(number)"))
                #expect(try reader.dueEvents(now: StorePlace.start, limit: 99).count == number)
            }
        }
    }

    private static func bounded(_ place: StorePlace) async throws {
        try await place.queue { queue in
            _ = try await queue.post((0..<200).map { .sample("\($0)") })
            let reader = try place.stores.queueReader()
            #expect(
                try reader.bounded(.seconds(600)) { try $0.events(before: nil, state: nil, limit: 999).count } == 200
            )
            // Whatever it asks, and however often.
            let error = #expect(throws: (any Error).self) {
                try reader.bounded(.milliseconds(1)) { reader in
                    while true { _ = try reader.events(before: nil, state: nil, limit: 999) }
                }
            }
            let fault = (error as? any DatabaseError)?.fault
            guard case .timeLimit? = fault else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(
                try reader.dueEvents(now: StorePlace.start, limit: 3).count == 3,
                "the next question has its own time"
            )
        }
    }

    private static func closed(_ place: StorePlace) async throws {
        var left: QueueStore?
        let id = try await place.queue { queue in
            left = queue
            return try await queue.post(.sample("a")).id
        }
        await #expect(throws: StoreError.stopped) { try await left?.post(.sample("b")) }
        #expect(try place.stores.queueReader().event(id)?.state == .accepted)
        try await place.registry { registry in try await registry.signIn("i-1", of: "u") }
        #expect(try place.stores.registryReader(seal: nil).person("u")?.entID == "u")
    }

    private static func violations(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await registry.deliverSchool()
            try await registry.signIn("i-1", of: "u", key: "g1")
            let reader = try place.reader(registry)
            #expect(try reader.violations() == [])
            let id = try #require(try reader.person("g2")).id
            try place.registrySession().run("UPDATE device SET owner = ?", id.rawValue)
            #expect(try reader.violations().map(\.detail) == ["its owner is not the person of its account"])
        }
    }
}
