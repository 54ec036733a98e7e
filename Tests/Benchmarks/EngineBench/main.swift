// What one request costs the fan-out engine. Server: Tests/Benchmarks/accept-all.
//
//   EngineBench PORT CA.pem [requests 300000] [connections 1] [streams 100]

import FanOut
import Glibc
import Synchronization

/// Sends the same APNs request to ever new devices until enough are answered. Its state is touched on the loop thread only,
/// and by `main` after `done`.
final class BenchFeed: RequestFeed, @unchecked Sendable {
    private let total: Int
    private let headers: HeaderBlock
    private let body: [UInt8]
    private var started = 0
    private(set) var answered = 0
    private(set) var failed = 0
    private(set) var latencies: [Int32] = []
    private(set) var lastAnswer = MonotonicTime.now()
    let done = Atomic<Bool>(false)

    init(total: Int) throws {
        self.total = total
        headers = try HeaderBlock([
            .init("authorization", "bearer " + String(repeating: "eyJhbGciOiJFUzI1NiJ9", count: 10)),
            .init("apns-topic", "net.onepocket.parents"), .init("apns-push-type", "alert"),
            .init("apns-priority", "10"),
            .init("apns-expiration", "1790000000"),
        ])
        body =
            Array("{\"aps\":{\"alert\":{\"title\":\"\(String(repeating: "t", count: 40))\",\"body\":\"".utf8)
            + Array(String(repeating: "b", count: 308 - 80).utf8) + Array("\"}}}".utf8)
        latencies.reserveCapacity(total)
    }

    func next(into request: RequestBuffer, on connection: ConnectionInfo) -> UInt64? {
        guard started < total else { return nil }
        started += 1
        var number = UInt64(started) &* 0x9e37_79b9_7f4a_7c15
        let device = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { text in
            for index in 0..<64 {
                text[index] = Self.hex[Int(number & 15)]
                number = number >> 4 | number << 60
            }
            return String(decoding: text, as: UTF8.self)
        }
        request.setPath("/3/device/", device)
        request.setHeaders(headers)
        let suffix = device.prefix(12)
        request.addHeader("apns-id", "eabeae54-14a8-11e5-b60b-\(suffix)")
        request.addHeader("apns-collapse-id", "event-\(suffix)")
        request.appendBody(body)
        return UInt64(started)
    }

    func finished(_ ticket: UInt64, _ result: RequestResult, on connection: ConnectionInfo) -> AfterAnswer {
        if case .answered(let answer) = result, answer.status == 200 {
            answered += 1
            latencies.append(Int32(answer.latency / .microseconds(1)))
        } else {
            failed += 1
        }
        return .keep
    }

    func laneEvent(_ event: LaneEvent) {
        if case .connectFailed = event { print(event) }
    }

    func turnEnded() {
        guard answered + failed == total else { return }
        lastAnswer = .now()
        done.store(true, ordering: .releasing)
    }

    private static let hex = Array("0123456789abcdef".utf8)
}

func cpuSeconds(_ usage: rusage) -> Double {
    Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        / 1e6
}

func usage() -> rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    return usage
}

let words = CommandLine.arguments
guard words.count >= 3, let port = UInt16(words[1]) else {
    print("EngineBench PORT CA.pem [requests] [connections] [streams]")
    exit(2)
}
func number(_ index: Int, _ fallback: Int) -> Int { words.count > index ? Int(words[index]) ?? fallback : fallback }
let total = number(3, 300_000)
var rules = PoolRules()
rules.connectionsMax = number(4, 1)
rules.streamsPerConnectionMax = number(5, 100)
rules.growAfter = .milliseconds(1)

let engine = FanOutEngine()
try engine.start()
let feed = try BenchFeed(total: total)
let lane = EngineLane(1)
try engine.add(lane, LaneConfiguration(host: "localhost", port: port, extraCAFile: words[2], rules: rules), feed: feed)
let before = usage()
let begin = MonotonicTime.now()
engine.wake(lane)
while !feed.done.load(ordering: .acquiring) { usleep(10_000) }
let after = usage()
let seconds = (feed.lastAnswer - begin) / .seconds(1)
let cpu = (cpuSeconds(after) - cpuSeconds(before)) * 10_000 / Double(total)
let sorted = feed.latencies.sorted()
await engine.shutDown(within: .seconds(5))
func shown(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return String((value * scale).rounded() / scale)
}
print(
    "requests \(total) connections \(rules.connectionsMax) streams \(rules.streamsPerConnectionMax) failed \(feed.failed)",
    "cpu_s_per_10k \(shown(cpu, 4)) requests_per_s \(Int(Double(total) / seconds)) peak_rss_MiB \(after.ru_maxrss / 1024)",
    "p50_us \(sorted.isEmpty ? 0 : sorted[sorted.count / 2]) p99_us \(sorted.isEmpty ? 0 : sorted[sorted.count * 99 / 100])",
    separator: "\n"
)
