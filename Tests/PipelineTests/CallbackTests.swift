import Crypto
import Domain
import Testing

@testable import Pipeline

struct CallbackTests {
    private let now = Instant(seconds: 1_800_000_000)

    @Test(arguments: [
        (200, 1, CallbackRules.Ending.accepted), (204, 9, .accepted), (410, 1, .dead),
        (503, 1, .deferred(until: Instant(seconds: 1_800_000_005))),
        (302, 2, .deferred(until: Instant(seconds: 1_800_000_300))),
        (500, 9, .deferred(until: Instant(seconds: 1_800_086_400))), (500, 10, .dead),
    ])
    func `an answer ends a callback or defers it`(status: Int, attempts: Int, ending: CallbackRules.Ending) {
        #expect(CallbackRules.ending(status: status, retryAfter: nil, attempts: attempts, now: now) == ending)
    }

    @Test func `no answer defers, and what the receiver asks for is not undercut but bounded`() {
        func ending(_ retryAfter: Duration?) -> CallbackRules.Ending {
            CallbackRules.ending(status: nil, retryAfter: retryAfter, attempts: 1, now: now)
        }
        #expect(ending(nil) == .deferred(until: now + .seconds(5)))
        #expect(ending(.seconds(60)) == .deferred(until: now + .seconds(60)))
        #expect(ending(.seconds(1)) == .deferred(until: now + .seconds(5)))
        #expect(ending(.seconds(10_000_000)) == .deferred(until: now + .seconds(86_400)))
    }

    @Test func `each secret signs id, time and body, and the id of an event never changes`() throws {
        let secrets: [[UInt8]] = [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 24)]
        let target = CallbackTarget(url: "https://ent.example.org/told", secrets: secrets)
        let event = EventID(rawValue: 1 << 40)
        let headers = target.headers(event: event, body: Array("{}".utf8), now: now)
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers[0].value == target.headers(event: event, body: [], now: now + .seconds(9))[0].value)
        #expect(!headers[0].value.contains("."))
        let content = Array("\(headers[0].value).1800000000.{}".utf8)
        let codes = secrets.map { secret in
            "v1,"
                + Base64.encode(Array(HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret))))
        }
        #expect(headers[2].value == codes.joined(separator: " "))
    }
}
