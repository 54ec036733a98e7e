import Domain
import FoundationEssentials
import Testing

/// Feeds a parser with damaged texts: a value or an error of its own type each time, the same one for the same text, in bounded memory.
///
/// Counted, not timed: `CARILLON_FUZZ_ROUNDS` texts a parser (default 2,000) from `CARILLON_FUZZ_SEED`. `deploy/fuzz` goes on with seed
/// after seed.
struct FuzzRun {
    static let rounds = number("CARILLON_FUZZ_ROUNDS") ?? 2_000
    static let seed = number("CARILLON_FUZZ_SEED") ?? 20_261_128
    /// What the process may grow by while one parser is fed; its inputs have 16 KiB at most.
    private static let growthMax = 512 << 20

    var name: String
    /// Whole texts to begin with.
    var corpus: [[UInt8]]

    /// `read` gives a description of what the text means, or throws what `fault` says a parser may throw.
    func feed<Fault: Error>(_ fault: Fault.Type, rounds: Int = rounds, _ read: ([UInt8]) throws -> String) throws {
        try #require(!corpus.isEmpty, "\(name) has no corpus")
        var mutator = Mutator(seed: UInt64(Self.seed) ^ UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
        let before = Self.residentBytes()
        var refused = 0
        for round in 0..<rounds {
            let text = round < corpus.count ? corpus[round] : mutator.damaged(mutator.pick(corpus), corpus)
            let told = outcome(fault, text, round, read)
            if told == nil { refused += 1 }
            // The seconds of a thing that depends on hashing, time or what came before.
            if round % 8 == 0, outcome(fault, text, round, read) != told {
                Issue.record("\(name), seed \(Self.seed), round \(round): another outcome the second time")
            }
        }
        // Else the damage is too small to test anything, or the corpus is none.
        #expect(
            refused > rounds / 100 && refused < rounds,
            "\(name), seed \(Self.seed): \(refused) of \(rounds) refused"
        )
        let growth = Self.residentBytes() - before
        #expect(growth < Self.growthMax, "\(name), seed \(Self.seed): \(growth) bytes")
    }

    /// nil: refused.
    private func outcome<Fault: Error>(
        _ fault: Fault.Type,
        _ text: [UInt8],
        _ round: Int,
        _ read: ([UInt8]) throws -> String
    ) -> String? {
        do { return try read(text) } catch is Fault { return nil } catch {
            Issue.record("\(name), seed \(Self.seed), round \(round): \(error)")
            return nil
        }
    }

    private static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }

    /// The second number of statm: resident pages.
    private static func residentBytes() -> Int {
        guard let text = try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }
}

/// Texts to begin with: the samples, and what has once been found (`SampleData/fuzz/<parser>/*`).
enum Corpus {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "SampleData")

    static func files(_ path: String, bytesMax: Int = 8 << 10, where isTaken: (String) -> Bool = { _ in true }) throws
        -> [[UInt8]]
    {
        let folder = folder.appending(path: path)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter(isTaken).map {
            Array(try Data(contentsOf: folder.appending(path: $0)).prefix(bytesMax))
        }
    }

    static func lines(_ path: String) throws -> [[UInt8]] {
        try Data(contentsOf: folder.appending(path: path)).split(separator: 0x0A).map { Array($0) }
    }

    static func found(_ parser: String) throws -> [[UInt8]] {
        let path = "fuzz/" + parser
        guard FileManager.default.fileExists(atPath: folder.appending(path: path).path) else { return [] }
        return try files(path)
    }
}
