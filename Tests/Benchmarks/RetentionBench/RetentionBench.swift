import Domain
import FoundationEssentials
import Glibc
import Providers
import Store

/// Thirty days of a school network's events in a queue of their own, and what a delivery costs on the disk when they are over.
///
/// usage: RetentionBench FOLDER [DELIVERIES-A-DAY]
@main
struct RetentionBench {
    static let start = Instant(seconds: 1_790_000_000)
    static let days: Int64 = 30

    static func main() async throws {
        let arguments = CommandLine.arguments
        let folder = arguments[1]
        let perDay = arguments.count > 2 ? Int(arguments[2]) ?? 50_000 : 50_000
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let queue = try SQLiteStores(folder: folder).openQueue(now: start, newKey: [UInt8](repeating: 7, count: 32)) {
            error in
            fatalError("\(error)")
        }
        let lanes = [
            try await queue.lane(named: "fcm/a", provider: .fcm, now: start).id,
            try await queue.lane(named: "apns/a", provider: .apns, now: start).id,
        ]
        var total = 0
        var events = 0
        // Twice the time that is kept: the second half goes through in the space of the first.
        for day in 0..<(days * 2) {
            let now = start + .seconds(day * 86_400)
            var left = perDay
            while left > 0 {
                // Of a hundred events 94 are a class's, 5 a school's, 1 a whole town's.
                let persons = events % 100 == 99 ? min(perDay / 10, 7_000) : events % 20 == 19 ? 400 : 40
                let made = try await add(events, persons: persons, lanes, now: now, queue)
                left -= made
                total += made
                events += 1
            }
            while try await queue.prune(acceptedBefore: now - .seconds(days * 86_400)).isFull {}
            while try await queue.pruneIdentities(before: now - .seconds(4 * 86_400)) >= 2000 {}
            if day == days - 1 || day == days * 2 - 1 {
                let kept = total * Int(min(days, day + 1)) / Int(day + 1)
                let size = try Self.bytes(of: folder + "/queue.db")
                print(
                    "day \(day + 1): \(kept) deliveries kept, \(events) events made, \(size >> 20) MiB,",
                    terminator: " "
                )
                let each = Double(size) / Double(kept)
                print("\(each) bytes a delivery; 30 M are \(Int(each * 30_000_000) >> 20) MiB")
            }
        }
        try await measurePruning(queue, from: events, now: start + .seconds(days * 2 * 86_400))
        await queue.close()
    }

    /// What an accept waits for its commit, without and beside a sweeper that deletes the older half of what is kept.
    private static func measurePruning(_ queue: QueueStore, from number: Int, now: Instant) async throws {
        let count = 2000
        let alone = try await acceptTimes(queue, numbers: number..<number + count, now: now)
        let sweeping = Task {
            var slices = 0
            while try await queue.prune(acceptedBefore: now - .seconds(days / 2 * 86_400)).isFull {
                slices += 1
                // The sweeper's rest (Pipeline/Sweeper).
                try await Task.sleep(for: .milliseconds(200))
            }
            return slices
        }
        let beside = try await acceptTimes(queue, numbers: number + count..<number + 2 * count, now: now)
        print(
            "accept, one after another: \(alone.words); beside \(try await sweeping.value) slices of pruning: \(beside.words)"
        )
    }

    private static func acceptTimes(_ queue: QueueStore, numbers: Range<Int>, now: Instant) async throws -> Times {
        var times: [Duration] = []
        let clock = ContinuousClock()
        for number in numbers {
            let begun = clock.now
            _ = try await queue.accept(event(number, now: now))
            times.append(clock.now - begun)
        }
        return Times(sorted: times.sorted())
    }

    private struct Times {
        var sorted: [Duration]

        var words: String {
            let shown = [("p50", sorted.count / 2), ("p99", sorted.count * 99 / 100), ("most", sorted.count - 1)]
            return shown.map { name, index in
                "\(name) \(sorted[index].components.attoseconds / 1_000_000_000_000) us"
            }.joined(separator: " ")
        }
    }

    private static func bytes(of path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { fatalError("\(path): \(String(cString: strerror(errno)))") }
        return Int(status.st_size)
    }

    private static func event(_ number: Int, now: Instant) -> NewEvent {
        let text = String(repeating: "Bonjour, la sortie de vendredi est reportée. ", count: 6)
        let publication = Publication(
            source: "https://ent.example.org/one",
            id: "event-\(number)",
            subject: "BLOG/\(number)/1",
            app: "BLOG",
            action: "PUBLISH-POST",
            school: "0429901A",
            audience: [.schoolClass("70011")],
            authorID: "5f2c7a1e-0000-4000-8000-\(100_000_000_000 + number)",
            title: "Nouveau billet de blog",
            body: text,
            params: ["username": "Mme Exemple", "resourceUri": .string("/blog#/view/\(number)")]
        )
        let identity = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) &+ UInt8($0) }
        return NewEvent(
            publisher: "one",
            publication: publication,
            dataClass: .clear,
            acceptedAt: now,
            expiresAt: now + .seconds(86_400),
            identity: identity,
            bodyHash: identity,
            identityWindow: .seconds(3 * 86_400),
            unresolved: []
        )
    }

    /// One event with 1.4 devices a person, 2 % of them at the second attempt and one of a thousand dead.
    private static func add(
        _ number: Int,
        persons: Int,
        _ lanes: [LaneID],
        now: Instant,
        _ queue: QueueStore
    ) async throws -> Int {
        let first = Int64(number * 37 % 90_000) + 1
        let accepted = try await queue.accept(event(number, now: now))
        guard case .created(let event, _) = accepted else { fatalError("an event twice") }
        let people = (0..<persons).map { PersonID(rawValue: first + Int64($0)) }
        var slots: [[Plan.Slot]] = [[], []]
        for person in people {
            let device = person.rawValue * 14 / 10
            slots[Int(person.rawValue % 2)].append(.init(person: person, device: DeviceID(rawValue: device)))
            guard person.rawValue % 5 < 2 else { continue }
            slots[0].append(.init(person: person, device: DeviceID(rawValue: device + 150_000)))
        }
        var pages: [NewPage] = []
        for (lane, slots) in zip(lanes, slots) {
            for from in stride(from: 0, to: slots.count, by: 500) {
                let part = Array(slots[from..<min(from + 500, slots.count)])
                pages.append(
                    NewPage(lane: lane, tag: 0, plan: Plan(slots: part), result: PageResult(count: part.count))
                )
            }
        }
        let step = ExpansionStep(
            event: event,
            part: 0,
            pages: pages,
            concerned: ConcernedPersons(
                entries: people.map {
                    .init(person: $0, role: .guardian, through: [PersonID(rawValue: $0.rawValue + 100_000)])
                }
            ),
            cursor: people.last?.rawValue ?? 0,
            isLast: true,
            expiresAt: now + .seconds(86_400),
            pupils: persons,
            unknownUsers: []
        )
        var count = 0
        for entry in try await queue.append([step], now: now)[0].get() ?? [] {
            let outcomes = (0..<entry.count).map { slot in
                count += 1
                let isDead = count % 1000 == 7
                let isSecond = count % 50 == 3
                return Outcome(
                    page: entry.page,
                    slot: slot,
                    result: isDead
                        ? SlotResult(.dead, reason: .dead)
                        : .accepted(attempts: isSecond ? 2 : 1, latencyMilliseconds: 80),
                    attempts: isDead ? 8 : isSecond ? 2 : 1,
                    attempt: isDead || isSecond
                        ? .init(at: now, milliseconds: 300, status: 503, reason: "UNAVAILABLE") : nil
                )
            }
            try await queue.record(outcomes, now: now)
        }
        return count
    }
}
