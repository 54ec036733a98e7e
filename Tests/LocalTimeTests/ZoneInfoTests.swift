import Domain
import Glibc
import LocalTime
import Testing

/// Zones and openings against Python's `zoneinfo`, which reads the system's database. CARILLON_SEED repeats a run.
@Suite(.serialized) struct ZoneInfoTests {
    /// 2026-01-01 to 2029-01-01.
    static let years: ClosedRange<Int64> = 1_767_225_600...1_861_920_000
    /// Names that are no places: what this machine has set, and what stands for "unknown".
    private static let noZones: Set<String> = ["Factory", "localtime", "posixrules"]

    private var tables: ZoneTables { .shared }
    private let seed: UInt64

    init() {
        let given = getenv("CARILLON_SEED").flatMap { UInt64(String(cString: $0)) }
        seed = given ?? UInt64.random(in: 0..<1 << 32)
        print("zones: CARILLON_SEED=\(seed)")
    }

    /// Every zone of the database.
    private func zones() throws -> [String] {
        let names = try #require(try ZoneInfo.ask(["zones": true])["zones"]?.array).compactMap(\.string)
        #expect(names.count > 400)
        return names.filter { !Self.noZones.contains($0) }
    }

    @Test func `offsets are those of the system's database, at any time and beside each change`() throws {
        var lots = SplitMix64(seed: seed)
        var questions: [(zone: String, seconds: Int64)] = []
        for zone in try zones() {
            let middle = Instant(seconds: 1_814_400_000)
            let table = try #require(tables.table(zone, at: middle), "\(zone)")
            let changes = table.spans.map(\.from).filter(Self.years.contains)
            let times = changes.flatMap { [$0 - 1, $0, $0 + 1] }
            questions += (times + (0..<4).map { _ in .random(in: Self.years, using: &lots) }).map { (zone, $0) }
        }
        let asked = JSONValue.array(questions.map { .array([.string($0.zone), .number($0.seconds)]) })
        let offsets = try #require(try ZoneInfo.ask(["offsets": asked])["offsets"]?.array).map(\.int64)
        for ((zone, seconds), offset) in zip(questions, offsets) {
            let instant = Instant(seconds: seconds)
            let table = try #require(tables.table(zone, at: instant))
            #expect(table.wallSeconds(at: instant) - seconds == offset, "\(zone) at \(instant.rfc3339), seed \(seed)")
        }
    }

    @Test func `openings are those of a search minute by minute, in any zone`() throws {
        var lots = SplitMix64(seed: seed)
        let zones = try zones()
        let cases = (0..<200).map { RuleCase(number: $0, zones, &lots, tables) }
        let answer = try ZoneInfo.ask(["openings": .array(cases.map(\.question))])
        let openings = try #require(answer["openings"]?.array)
        for (test, opening) in zip(cases, openings) {
            let found = test.rules.opensAt(test.at, limit: test.at + .seconds(test.length))
            #expect(found?.seconds == opening.int64, "\(JSONWriter.text(test.question)), seed \(seed)")
        }
    }

    @Test func `a policy opens when its reading by another hand does`() throws {
        var lots = SplitMix64(seed: seed)
        let zones = try zones()
        let policies = (0..<12).map { _ in PolicyCase(zones, &lots) }
        let questions = policies.flatMap(\.questions)
        let answer = try ZoneInfo.ask(["policies": .array(questions.map(\.json))])
        let openings = try #require(answer["policies"]?.array)
        #expect(openings.count == questions.count)
        var rest = openings[...]
        for policy in policies {
            // One value for all of a policy's questions: what it remembers must not show.
            var hours = QuietHours(policy.policy, zones: tables)
            for question in policy.questions {
                let expected = rest.removeFirst().int64
                let found = hours.opensAt(schools: question.schools, own: question.own, now: question.now)
                let isRight =
                    if let expected {
                        found == (expected == question.now.seconds ? question.now : Instant(seconds: expected))
                    } else {
                        found.map { $0 >= question.now + .seconds(PolicyCase.seconds) } ?? true
                    }
                #expect(isRight, "\(found?.rfc3339 ?? "never"): \(JSONWriter.text(question.json)), seed \(seed)")
            }
        }
    }

    @Test func `a zone that does not exist has no table`() {
        for name in ["", "Mars/Olympus", "../etc/passwd", "europe/paris"] {
            #expect(tables.table(name, at: Instant(seconds: 1_790_000_000)) == nil, "\(name)")
        }
    }
}
