import Domain
import TestSupport

/// A whole gateway without I/O: scheduler, lanes' states, retry policy and the store's rules under a virtual clock, with providers that
/// fail, crashes at any moment and an operator. One seed is one run, to the millisecond.
struct DeliverySimulation {
    static let lanes = [LaneID(rawValue: 1), LaneID(rawValue: 2), LaneID(rawValue: 3)]
    /// Weather, crashes and orders end here; what is left then must end by itself.
    private static let troubleEnds: Int64 = 300_000
    private static let end: Int64 = 40_000_000
    private static let attemptsMax = 8
    private static let windowMax = 64

    private struct Flight {
        var delivery: DeliveryID
        var attempts: Int
        var isRetry: Bool
    }

    /// What an answer is, decided when the request leaves.
    private enum Answer {
        case accepted, rejected, busy(Int64?), failed, lost(wasTaken: Bool), notProcessed, credential
    }

    private struct Weather {
        var failed = 0.0
        var lost = 0.0
        var busy = 0.0
        var credential = 0.0
        var notProcessed = 0.0
    }

    private enum Happening {
        case arrival
        case answer(life: Int, lane: LaneID, flight: Int, Answer)
        case flush(life: Int)
        case sweep
        case wake
        case weather
        case crash
        case order
    }

    private struct Memory {
        var scheduler = Scheduler()
        var states: [LaneID: LaneState] = [:]
        var loaded: [LaneID: [Flight]] = [:]
        var flights: [LaneID: [Int: Flight]] = [:]
        var inFlight: Set<DeliveryID> = []
        var unflushed: [SimulatedStore.Outcome] = []
        var isFlushing = false
    }

    private(set) var faults: [String] = []
    private(set) var deliveries = 0
    private(set) var sends = 0
    private(set) var crashes = 0
    private(set) var duplicates = 0
    private var random: SeededRandom
    private var now: Int64 = 0
    private var agenda = Agenda<Happening>()
    private var store = SimulatedStore()
    private var memory = Memory()
    private var life = 0
    private var flightNumber = 0
    private var nextPage: Int64 = 1
    private var weather: [LaneID: Weather] = [:]
    private let policy = RetryPolicy(attemptsMax: attemptsMax)
    /// At the providers: how often each delivery was taken, and how often that may be more than once.
    private var taken: [DeliveryID: Int] = [:]
    private var excused: [DeliveryID: Int] = [:]
    private var attempts: [DeliveryID: Int] = [:]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Runs to the end of all work; what went against a promise is in `faults`.
    mutating func run() {
        start()
        agenda.add(.arrival, at: 0)
        agenda.add(.sweep, at: 1000)
        agenda.add(.weather, at: 0)
        agenda.add(.crash, at: chance(10_000...100_000))
        agenda.add(.order, at: chance(10_000...100_000))
        agenda.add(.wake, at: 100)
        while faults.count < 5, let (time, happening) = agenda.next() {
            now = time
            happen(happening)
            if now > Self.troubleEnds, store.isDone, memory.unflushed.isEmpty { break }
            if now > Self.end {
                faults.append("I3: work is left hours after the faults ended")
                break
            }
        }
        faults += store.contradictions()
        for (delivery, count) in taken {
            duplicates += count - 1
            if count > 1 + excused[delivery, default: 0] { faults.append("I4: \(delivery) was taken \(count) times") }
        }
        for (delivery, count) in taken where count == 0 || store.state(of: delivery) == .pending {
            faults.append("I2: \(delivery) was taken and is pending")
        }
    }

    // MARK: - What happens

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .arrival: arrive()
        case .answer(let then, let lane, let number, let answer):
            // Of a process that is dead nobody hears the answer.
            if then == life, let flight = memory.flights[lane]?.removeValue(forKey: number) {
                memory.inFlight.remove(flight.delivery)
                conclude(flight, answer, lane)
            }
        case .flush(let then): if then == life { flush() }
        case .sweep:
            store.expire(now: now)
            agenda.add(.sweep, at: now + 1000)
        case .wake:
            for lane in Self.lanes { send(on: lane) }
            agenda.add(.wake, at: now + 250)
        case .weather: changeWeather()
        case .crash: crash()
        case .order: order()
        }
    }

    private mutating func arrive() {
        guard now < Self.troubleEnds else { return }
        let lane = pick(Self.lanes)
        let flow = Scheduler.Flow(
            lane: lane,
            school: "S\(chance(0...5))",
            weight: pick([1, 4, 16])
        )
        let event = EventID(rawValue: nextPage)
        let lifetime = pick([30_000, 600_000, 3_600_000, 86_400_000])
        for _ in 0..<chance(1...3) {
            let count = Int(chance(1...60))
            let entry = Scheduler.Entry(
                page: PageID(rawValue: nextPage),
                event: event,
                lane: lane,
                tag: memory.scheduler.tag(flow, count: count),
                count: count
            )
            nextPage += 1
            deliveries += count
            store.add(
                .init(entry: entry, states: Array(repeating: .pending, count: count), expiresAt: now + Int64(lifetime))
            )
            memory.scheduler.add(entry)
        }
        agenda.add(.arrival, at: now + chance(100...15_000))
        send(on: lane)
    }

    private mutating func send(on lane: LaneID) {
        guard var state = memory.states[lane] else { return }
        while true {
            let inFlight = memory.flights[lane]?.count ?? 0
            guard state.permits(inFlight: inFlight, now: now), let flight = take(on: lane) else { break }
            if store.paused.contains(lane) { faults.append("a paused lane sends") }
            if inFlight >= Self.windowMax { faults.append("I9: more in flight than the window") }
            begin(flight, on: lane)
        }
        memory.states[lane] = state
    }

    /// Due retries first, then loaded deliveries, then the next page.
    private mutating func take(on lane: LaneID) -> Flight? {
        let due = store.due(on: lane, now: now).filter { delivery, _ in
            !memory.inFlight.contains(delivery) && !memory.unflushed.contains { $0.delivery == delivery }
        }
        if let (delivery, retry) = due.min(by: { ($0.value.dueAt, $0.key) < ($1.value.dueAt, $1.key) }) {
            return Flight(delivery: delivery, attempts: retry.attempts, isRetry: true)
        }
        while true {
            while let flight = memory.loaded[lane]?.popLast() {
                guard let page = store.pages[flight.delivery.page], page.expiresAt > now else { continue }
                return flight
            }
            guard let entry = memory.scheduler.next(on: lane), let page = store.pages[entry.page] else { return nil }
            store.virtualTimes[lane] = memory.scheduler.virtualTime(of: lane)
            memory.loaded[lane] = page.states.indices.reversed().filter { page.states[$0] == .pending }.map {
                Flight(delivery: DeliveryID(page: entry.page, slot: $0), attempts: 0, isRetry: false)
            }
        }
    }

    private mutating func begin(_ flight: Flight, on lane: LaneID) {
        let delivery = flight.delivery
        if let page = store.pages[delivery.page], page.expiresAt <= now {
            faults.append("\(delivery) is sent after its end")
        }
        if store.state(of: delivery)?.isTerminal != false { faults.append("I6: \(delivery) is sent after its outcome") }
        if !memory.inFlight.insert(delivery).inserted { faults.append("\(delivery) is under way twice") }
        sends += 1
        flightNumber += 1
        memory.flights[lane, default: [:]][flightNumber] = flight
        let answer = answer(on: lane)
        switch answer {
        case .accepted: taken[delivery, default: 0] += 1
        case .lost(let wasTaken):
            excused[delivery, default: 0] += 1
            if wasTaken { taken[delivery, default: 0] += 1 }
        case .rejected, .busy, .failed, .notProcessed, .credential: break
        }
        agenda.add(.answer(life: life, lane: lane, flight: flightNumber, answer), at: now + chance(5...400))
    }

    private mutating func conclude(_ flight: Flight, _ answer: Answer, _ lane: LaneID) {
        guard var state = memory.states[lane] else { return }
        let unit = Double.random(in: 0..<1, using: &random)
        var outcome: SimulatedStore.Outcome?
        switch answer {
        case .accepted:
            state.answered()
            outcome = .init(delivery: flight.delivery, state: .accepted)
        case .rejected:
            state.answered()
            outcome = .init(delivery: flight.delivery, state: .rejected)
        case .failed, .lost:
            state.failed("no", now: now, random: unit)
            outcome = retry(flight, unit)
        case .busy(let after):
            state.busy("429", retryAfter: after, now: now, random: unit)
            giveBack(flight, lane)
        case .credential:
            state.credentialRefused("403", now: now)
            giveBack(flight, lane)
        case .notProcessed: giveBack(flight, lane)
        }
        memory.states[lane] = state
        if let outcome {
            memory.unflushed.append(outcome)
            if !memory.isFlushing {
                memory.isFlushing = true
                agenda.add(.flush(life: life), at: now + 5)
            }
        }
        send(on: lane)
    }

    /// An event of the lane, not of the delivery: nothing is written, no attempt is counted. A retry still has its row.
    private mutating func giveBack(_ flight: Flight, _ lane: LaneID) {
        if !flight.isRetry { memory.loaded[lane, default: []].append(flight) }
    }

    private mutating func retry(_ flight: Flight, _ unit: Double) -> SimulatedStore.Outcome {
        let made = flight.attempts + 1
        attempts[flight.delivery] = made
        if made > Self.attemptsMax { faults.append("\(flight.delivery) is at attempt \(made)") }
        let expiresAt = Instant(milliseconds: store.pages[flight.delivery.page]?.expiresAt ?? 0)
        switch policy.decide(
            attempts: made,
            retryAfter: nil,
            expiresAt: expiresAt,
            now: Instant(milliseconds: now),
            random: unit
        ) {
        case .retry(let at):
            if at.milliseconds < now + 2500 { faults.append("a lost answer is followed at once") }
            return .init(
                delivery: flight.delivery,
                state: .deferred,
                retry: .init(dueAt: at.milliseconds, attempts: made)
            )
        case .expire: return .init(delivery: flight.delivery, state: .expired)
        case .giveUp: return .init(delivery: flight.delivery, state: .dead)
        }
    }

    private mutating func flush() {
        memory.isFlushing = false
        faults += store.record(memory.unflushed)
        memory.unflushed = []
    }

    // MARK: - Trouble

    private mutating func changeWeather() {
        for lane in Self.lanes {
            let isFair = now >= Self.troubleEnds || chance(0...2) == 0
            func share(_ most: Double) -> Double { isFair ? 0 : Double.random(in: 0...most, using: &random) }
            weather[lane] = Weather(
                failed: share(0.4),
                lost: share(0.2),
                busy: share(0.05),
                credential: share(0.01),
                notProcessed: share(0.2)
            )
        }
        if now < Self.troubleEnds { agenda.add(.weather, at: min(now + chance(5_000...90_000), Self.troubleEnds)) }
    }

    private mutating func answer(on lane: LaneID) -> Answer {
        let weather = weather[lane] ?? Weather()
        var draw = Double.random(in: 0..<1, using: &random)
        func falls(_ share: Double) -> Bool {
            defer { draw -= share }
            return draw < share
        }
        if falls(weather.failed) { return .failed }
        if falls(weather.lost) { return .lost(wasTaken: Bool.random(using: &random)) }
        if falls(weather.busy) { return .busy(Bool.random(using: &random) ? chance(0...30_000) : nil) }
        if falls(weather.credential) { return .credential }
        if falls(weather.notProcessed) { return .notProcessed }
        return chance(0...40) == 0 ? .rejected : .accepted
    }

    /// kill -9: what is under way or not flushed is forgotten, and may be sent once more.
    private mutating func crash() {
        guard now < Self.troubleEnds else { return }
        crashes += 1
        for delivery in memory.inFlight { excused[delivery, default: 0] += 1 }
        for outcome in memory.unflushed { excused[outcome.delivery, default: 0] += 1 }
        start()
        agenda.add(.crash, at: now + chance(500...100_000))
    }

    /// As the dispatcher begins: pages, marks and orders from the store.
    private mutating func start() {
        life += 1
        memory = Memory()
        for lane in Self.lanes {
            var state = LaneState(windowMax: Self.windowMax)
            if store.paused.contains(lane) { state.pause("order") }
            memory.states[lane] = state
            memory.scheduler.restore(virtualTime: store.virtualTimes[lane] ?? 0, of: lane)
        }
        for page in store.pages.values.filter(\.isOpen).sorted(by: { $0.entry.page < $1.entry.page }) {
            memory.scheduler.add(page.entry)
        }
    }

    private mutating func order() {
        for lane in store.paused.sorted() where now >= Self.troubleEnds || Bool.random(using: &random) {
            store.paused.remove(lane)
            memory.states[lane]?.resume()
        }
        guard now < Self.troubleEnds else { return }
        let lane = pick(Self.lanes)
        if chance(0...2) == 0 {
            store.paused.insert(lane)
            memory.states[lane]?.pause("order")
        }
        agenda.add(.order, at: min(now + chance(5_000...60_000), Self.troubleEnds))
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int(chance(0...Int64(choices.count - 1)))] }

    private mutating func chance(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
}
