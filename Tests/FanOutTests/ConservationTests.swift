import FanOut
import Glibc
import Testing

/// Many requests to a server that does anything to any of them.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ConservationTests {
    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `every ticket ends once, and none that is said to be unprocessed was processed`(seed: UInt64) async throws {
        let count: UInt64 = 1500
        let log = try TestCertificates.file("walk-\(seed).log")
        var rules = PoolRules.forTests
        rules.connectionsMax = 3
        rules.growAfter = .milliseconds(5)
        rules.refusalPauseMin = .milliseconds(1)
        rules.refusalPauseMax = .milliseconds(4)
        let options = ["--seed", "\(seed)", "--log", log, "--streams", "50"]
        let lane = try TestLane(options, rules: rules, deadline: .seconds(1))

        await lane.send((1...count).map { "/walk/\($0)" }, untilFinished: Int(count))
        await lane.end()

        var answered: Set<UInt64> = []
        var notProcessed: Set<UInt64> = []
        var ambiguous: Set<UInt64> = []
        for (ticket, outcome) in lane.feed.outcomes {
            switch outcome {
            case .answered: answered.insert(ticket)
            case .notProcessed: notProcessed.insert(ticket)
            case .ambiguous: ambiguous.insert(ticket)
            }
        }
        let processed = Set(try readLines(log).compactMap { UInt64($0) })
        let counts =
            "seed \(seed): \(answered.count) answered, \(notProcessed.count) not processed, \(ambiguous.count) ambiguous"
        print(counts)
        #expect(answered.count + notProcessed.count + ambiguous.count == Int(count), "\(counts)")
        #expect(notProcessed.isDisjoint(with: processed), "\(counts): \(notProcessed.intersection(processed))")
        #expect(answered.isSubset(of: processed), "\(counts)")
        #expect(!answered.isEmpty && !notProcessed.isEmpty && !ambiguous.isEmpty, "\(counts)")
    }

    private func readLines(_ path: String) throws -> [Substring] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }
}
