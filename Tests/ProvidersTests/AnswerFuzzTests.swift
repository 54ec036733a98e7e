import Domain
import Providers
import TestSupport
import Testing

/// Everything that reads a provider's bytes, fed with answers that were damaged on the way: always a verdict, never a
/// trap, and never more than a word for the timeline.
@Suite(.tags(.slow)) struct AnswerFuzzTests {
    private static let rounds = 20_000

    private static let bodies: [[UInt8]] = [
        APNsRow.documented.map { Array($0.body.utf8) },
        (WebPushRow.mozilla + WebPushRow.apple + WebPushRow.firebase).map { Array($0.body.utf8) },
        [
            FCMRow.error("NOT_FOUND", FCMRow.fcm("UNREGISTERED")),
            FCMRow.error("INVALID_ARGUMENT", FCMRow.fcm("INVALID_ARGUMENT"), FCMRow.violation("message.token")),
            FCMRow.error("UNAVAILABLE", FCMRow.quota("device message rate")),
            FCMRow.error("UNAUTHENTICATED", FCMRow.apns("BadDeviceToken")),
        ].map { Array($0.utf8) },
        [[], [0xFF], Array(repeating: UInt8(ascii: "["), count: 300), Array("<html>502</html>".utf8)],
    ].flatMap { $0 }

    private static let waits = [
        "120", "0", "-1", "Mon, 14 Sep 2026 14:32:30 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "99999999999999999999",
        "9223372036854775807", "Fri, 31 Dec 9999 23:59:60 GMT",
    ]
    private static let statuses = [200, 201, 301, 400, 401, 403, 404, 406, 408, 410, 413, 429, 500, 502, 503]
    private static let hosts = [
        "web.push.apple.com", "fcm.googleapis.com", "db5p.notify.windows.com", "", "up.example.org",
    ]

    @Test func `a damaged answer is classified, whoever gave it`() throws {
        let seed: UInt64 = 20_261_114
        var random = SeededRandom(seed: seed)
        for round in 0..<Self.rounds {
            let body = mutated(try #require(Self.bodies.randomElement(using: &random)), using: &random)
            let status =
                Bool.random(using: &random)
                ? try #require(Self.statuses.randomElement(using: &random)) : Int.random(in: -10...1000, using: &random)
            let wait = try #require(Self.waits.randomElement(using: &random))
            let retryAfter =
                Bool.random(using: &random)
                ? nil : String(decoding: mutated(Array(wait.utf8), using: &random), as: UTF8.self)
            let host = try #require(Self.hosts.randomElement(using: &random))
            let now = Samples.now

            let classifications = [
                APNsAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now),
                FCMAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now),
                WebPushAnswer.classify(status: status, body: body, retryAfter: retryAfter, host: host, now: now),
            ]

            for classification in classifications {
                check(classification, status: status, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `a damaged wait is within an hour or none`() {
        let seed: UInt64 = 30_261_114
        var random = SeededRandom(seed: seed)
        for round in 0..<Self.rounds {
            let text = Self.waits.randomElement(using: &random) ?? ""
            let damaged = String(decoding: mutated(Array(text.utf8), using: &random), as: UTF8.self)
            let now = Instant(milliseconds: Int64.random(in: 0...4_102_444_800_000, using: &random))

            guard let wait = RetryAfter.parse(damaged, now: now) else { continue }

            #expect(wait >= .zero && wait <= RetryAfter.longest, "seed \(seed), round \(round)")
        }
    }

    private func check(_ classification: Classification, status: Int, _ comment: Comment) {
        #expect(classification.status == status, comment)
        #expect(isWord(classification.reason), comment)
        let isSuccess = (200...299).contains(status)
        #expect((classification.verdict == .accepted) == isSuccess, comment)
        switch classification.verdict {
        case .tokenDead: #expect((400...499).contains(status), comment)
        case .deferred(let wait?), .laneBusy(let wait?): #expect(wait >= .zero && wait <= .seconds(3600), comment)
        default: break
        }
    }

    private func isWord(_ reason: String) -> Bool {
        (1...64).contains(reason.utf8.count)
            && reason.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }

    /// One to eight changes: a byte flipped, removed, doubled or put in, a piece cut off or moved, a number made huge.
    private func mutated(_ bytes: [UInt8], using random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0...6, using: &random) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4: bytes.insert(contentsOf: bytes[..<place], at: place)
            case 5: bytes.insert(contentsOf: Array("-9223372036854775808".utf8), at: place)
            default:
                let syntax = Array(#"{}[]",:\u0e.+"#.utf8)
                bytes.insert(syntax.randomElement(using: &random) ?? 0, at: place)
            }
            if bytes.count > 20_000 { bytes.removeLast(bytes.count - 20_000) }
        }
        return bytes
    }
}

extension Tag {
    @Tag static var slow: Self
}
