import Domain
import Testing

/// Which of several deliveries to one device announces the others.
struct RecapTests {
    /// Delivery, event, when it is due, who announces it.
    typealias Row = (delivery: Int64, event: Int64, due: Int64, carrier: Int64?)

    private static func member(_ row: Row) -> Recap.Member {
        Recap.Member(
            delivery: DeliveryID(rawValue: row.delivery),
            event: EventID(rawValue: row.event),
            dueAt: Instant(seconds: row.due),
            carrier: row.carrier.map { DeliveryID(rawValue: $0) }
        )
    }

    private static func recap(_ own: Int64, _ rows: [Row], from: Int = 3) -> Recap {
        .of(DeliveryID(rawValue: own), among: rows.map(member), from: from)
    }

    private static func carried(_ followers: Int64..., count: Int) -> Recap {
        .carried(followers: followers.map { DeliveryID(rawValue: $0) }, count: count)
    }

    @Test func `the first that is due announces all`() {
        let rows: [Row] = [(3, 30, 5, nil), (1, 10, 7, nil), (2, 20, 5, nil), (4, 40, 9, nil)]
        #expect(Self.recap(2, rows) == Self.carried(1, 3, 4, count: 4))
        for other in [1, 3, 4] as [Int64] { #expect(Self.recap(other, rows) == .awaited) }
        #expect(Self.recap(2, rows, from: 5) == .none)
    }

    @Test(
        arguments: [
            // Two are too few for three, and enough for two.
            ([(1, 10, 0, nil), (2, 20, 0, nil)], 3, .none),
            ([(1, 10, 0, nil), (2, 20, 0, nil)], 2, Self.carried(2, count: 2)),
            // One event alone is no recap, however often it is to ring.
            ([(1, 10, 0, nil), (2, 10, 0, nil), (3, 10, 0, nil)], 2, .none),
            ([(1, 10, 0, nil), (2, 10, 0, nil), (3, 20, 0, nil)], 2, Self.carried(2, 3, count: 2)),
            ([(1, 10, 0, nil)], 2, .none), ([(1, 10, 0, nil)], 0, .none),
            // What another announces is no part of it.
            ([(1, 10, 0, nil), (2, 20, 0, 9), (3, 30, 0, 9)], 2, .none),
            ([(1, 10, 0, nil), (2, 20, 0, 9), (3, 30, 0, nil)], 2, Self.carried(3, count: 2)),
            // What was sent once as a recap stays one, with what is left, and takes in nothing new.
            ([(1, 10, 0, nil), (2, 20, 0, 1)], 3, Self.carried(2, count: 2)),
            ([(1, 10, 5, nil), (2, 20, 0, 1), (3, 30, 0, nil), (4, 40, 0, nil)], 3, Self.carried(2, count: 2)),
        ] as [([Row], Int, Recap)]
    )
    func `how many, of how many events`(rows: [Row], from: Int, expected: Recap) {
        #expect(Self.recap(1, rows, from: from) == expected)
    }

    @Test(arguments: 0..<200) func `one announces all others, or each speaks for itself`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let rows: [Row] = (1...Int64.random(in: 1...9, using: &random)).map {
            ($0, .random(in: 1...6, using: &random), .random(in: 0...3, using: &random), nil)
        }
        let from = Int.random(in: 2...5, using: &random)
        let recaps = rows.map { ($0.delivery, Self.recap($0.delivery, rows.shuffled(using: &random), from: from)) }
        let events = Set(rows.map(\.event)).count
        let carriers = recaps.filter { if case .carried = $0.1 { true } else { false } }
        guard events >= from else {
            #expect(recaps.allSatisfy { $0.1 == .none })
            return
        }
        #expect(carriers.count == 1)
        #expect(recaps.count { $0.1 == .awaited } == rows.count - 1)
        guard let (carrier, recap) = carriers.first, case .carried(let followers, let count) = recap else { return }
        #expect(count == events)
        #expect(followers.map(\.rawValue) == rows.map(\.delivery).filter { $0 != carrier })
        // Loaded again it is the same, whoever has left meanwhile.
        let kept = rows.filter { $0.delivery == carrier || Bool.random(using: &random) }
        let again = Self.recap(
            carrier,
            kept.map { ($0.delivery, $0.event, $0.due, $0.delivery == carrier ? nil : carrier) },
            from: from
        )
        if kept.count == 1 {
            #expect(again == .none)
        } else {
            #expect(
                again
                    == .carried(
                        followers: kept.map { DeliveryID(rawValue: $0.delivery) }.filter { $0.rawValue != carrier },
                        count: Set(kept.map(\.event)).count
                    )
            )
        }
    }

    @Test(
        arguments: [
            ([.acceptedInRecap], .reachedElsewhere(.recap)),
            ([.acceptedInRecap, .accepted(attempts: 1, latencyMilliseconds: 1)], .reached),
            ([.accepted(attempts: 1, latencyMilliseconds: 1, isSentAsGeneric: true)], .reached),
            ([.acceptedInRecap, SlotResult(.rejected, reason: .tokenGone)], .reachedElsewhere(.recap)),
            ([.inRecap], .waiting(.recap)),
            // The soonest of several.
            ([.inRecap, SlotResult(.deferred, reason: .quietHours)], .waiting(.recap)),
            ([.merging, SlotResult(.deferred, reason: .quietHours)], .waiting(.merged)),
            ([.inRecap, SlotResult(.deferred, reason: .retrying)], .waiting(.retrying)),
            ([SlotResult(.deferred, reason: .quietHours)], .waiting(.quietHours)),
        ] as [([SlotResult], Standing)]
    )
    func `how a person stands`(results: [SlotResult], expected: Standing) {
        let standing = Standing.of(
            results.map { (LaneID(rawValue: 1), $0) },
            role: .guardian,
            laneReason: { _ in nil }
        )
        #expect(standing == expected)
        #expect(standing.isReached == results.contains { $0.state == .accepted })
    }

    @Test func `two bytes say that it was a recap`() {
        for attempts in 1...20 {
            for milliseconds in [0, 1, 5000, 1 << 40] as [Int64] {
                let alone = SlotResult.accepted(attempts: attempts, latencyMilliseconds: milliseconds)
                #expect(SlotResult(alone.bytes.0, alone.bytes.1) == alone)
                #expect(alone.bytes != SlotResult.acceptedInRecap.bytes)
            }
        }
        for result in [SlotResult.acceptedInRecap, .inRecap] {
            #expect(SlotResult(result.bytes.0, result.bytes.1) == result)
        }
    }
}
