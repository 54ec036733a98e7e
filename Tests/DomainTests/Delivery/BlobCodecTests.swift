import Domain
import Testing

/// Plan, result and concerned persons as bytes: what was written is read, what was not written by us throws and never traps.
struct BlobCodecTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5]

    @Test(arguments: seeds)
    func `a plan comes back as it was written`(seed: UInt64) throws {
        var random = SeededWalk(seed: seed)
        for _ in 0..<50 {
            let plan = Self.plan(&random)
            let bytes = plan.encoded()
            #expect(try bytes.withUnsafeBytes { try Plan(decoding: $0) } == plan, "seed \(seed)")
        }
    }

    @Test(arguments: seeds)
    func `concerned persons come back as they were written`(seed: UInt64) throws {
        var random = SeededWalk(seed: seed)
        for _ in 0..<50 {
            let entries = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                ConcernedPersons.Entry(
                    person: PersonID(rawValue: random.id()),
                    role: [.guardian, .other, .author, .pupilWithoutGuardian].randomElement(using: &random)!,
                    through: (0..<Int.random(in: 0...3, using: &random)).map { _ in PersonID(rawValue: random.id()) }
                        .sorted()
                )
            }
            let persons = ConcernedPersons(entries: entries.sorted { $0.person < $1.person })
            let bytes = persons.encoded()
            #expect(try bytes.withUnsafeBytes { try ConcernedPersons(decoding: $0) } == persons, "seed \(seed)")
        }
    }

    @Test func `every result of a slot comes back as it was written`() throws {
        var slots: [SlotResult] = [.pending]
        for state in DeliveryState.allCases where state != .accepted && state != .pending {
            slots.append(SlotResult(state))
            slots += Reason.allCases.map { SlotResult(state, reason: $0) }
        }
        // What is accepted by itself has an attempt.
        slots += [.acceptedInRecap, SlotResult(.accepted)]
        for attempts in 1...15 {
            slots += (0...15).map { SlotResult(.accepted, attempts: attempts, latencyBucket: $0) }
        }
        slots += [0, 1, 5000].map { .accepted(attempts: 2, latencyMilliseconds: $0, isSentAsGeneric: true) }
        let result = PageResult(slots)
        let read = try result.bytes.withUnsafeBytes { try PageResult(decoding: $0) }
        #expect((0..<slots.count).map { read[$0] } == slots)
        #expect(read.pendingCount == 1)
    }

    @Test(arguments: [(-1, 0), (0, 0), (1, 1), (2, 2), (255, 8), (256, 9), (16_383, 14), (1 << 20, 15), (.max, 15)])
    func `a latency is kept as the power of two above it`(milliseconds: Int64, bucket: UInt8) {
        #expect(SlotResult.accepted(attempts: 99, latencyMilliseconds: milliseconds).latencyBucket == bucket)
        #expect(SlotResult.accepted(attempts: 99, latencyMilliseconds: milliseconds).attempts == 15)
    }

    @Test(arguments: seeds)
    func `random bytes throw and never trap`(seed: UInt64) {
        var random = SeededWalk(seed: seed)
        for round in 0..<4000 {
            var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half of them begin like ours, so that what follows the version is met, too.
            if round.isMultiple(of: 2), !bytes.isEmpty { bytes[0] = 1 }
            Self.decodeAll(bytes)
        }
    }

    @Test(arguments: seeds)
    func `a damaged plan throws or is another plan, and never traps`(seed: UInt64) {
        var random = SeededWalk(seed: seed)
        for _ in 0..<500 {
            var bytes = Self.plan(&random).encoded()
            bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            Self.decodeAll(bytes)
            Self.decodeAll(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
        }
    }

    @Test(
        arguments: [
            ([], BlobError.endsEarly), ([2, 0], .unknownVersion(2)), ([1], .endsEarly), ([1, 9], .outOfRange),
            // A count no memory holds; a number of eleven bytes; something after the end.
            ([1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .outOfRange),
            ([1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0], .outOfRange),
            ([1, 0, 0], .outOfRange),
        ] as [([UInt8], BlobError)]
    )
    func `what is no plan says why`(bytes: [UInt8], error: BlobError) {
        #expect(throws: error) { try bytes.withUnsafeBytes { try Plan(decoding: $0) } }
        #expect(throws: error) { try bytes.withUnsafeBytes { try ConcernedPersons(decoding: $0) } }
    }

    @Test(
        arguments: [([1], BlobError.endsEarly), ([10, 0], .outOfRange), ([3, 200], .outOfRange)]
            as [([UInt8], BlobError)]
    )
    func `what is no result says why`(bytes: [UInt8], error: BlobError) {
        #expect(throws: error) { try bytes.withUnsafeBytes { try PageResult(decoding: $0) } }
    }

    private static func plan(_ random: inout SeededWalk) -> Plan {
        let slots = (0..<Int.random(in: 1...500, using: &random)).map { _ in
            Plan.Slot(
                person: Bool.random(using: &random) ? PersonID(rawValue: random.id()) : .unknown(index: 7),
                device: DeviceID(rawValue: random.id()),
                variant: UInt8.random(in: 0...255, using: &random)
            )
        }
        return Plan(slots: slots.sorted { $0.person < $1.person })
    }

    private static func decodeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            _ = Result { () throws(BlobError) in try Plan(decoding: buffer) }
            _ = Result { () throws(BlobError) in try ConcernedPersons(decoding: buffer) }
            _ = Result { () throws(BlobError) in try PageResult(decoding: buffer) }
        }
    }
}
