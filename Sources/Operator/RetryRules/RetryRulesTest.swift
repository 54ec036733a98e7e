import ArgumentParser
import Domain
import Providers
import Settings
import Store

struct RetryRulesTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Which class an answer falls in, what is done with the token and the lane, and the next times.",
        discussion: """
            Asks the code that reads the answers, and the retry schedule of the configuration (limits.attemptsMax). The times are those of an \
            unlucky delivery that meets the same answer again and again: the earliest and the latest, since waits are drawn at random.

            Without an answer: --http 0 with --reason timeout, reset, connectionLost, goAway, refusedStream, neverWritten, shutdown, \
            malformed. --body takes the provider's own JSON instead of a reason's word.

            Examples:
              carillon retry-rules test --provider fcm --http 503 --reason UNAVAILABLE --attempts 3
              carillon retry-rules test --provider apns --http 410 --reason Unregistered
              carillon retry-rules test --provider webpush --http 429 --retry-after 60
              carillon retry-rules test --provider apns --http 0 --reason timeout
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "fcm, apns or webpush.") var provider: RuleQuestion.Provider
    @Option(help: "The status; 0 for no answer.") var http: Int
    @Option(help: "The provider's word: UNREGISTERED, BadDeviceToken, an errno of Mozilla's.") var reason: String?
    @Option(help: "The answer's body as it came, instead of --reason.") var body: String?
    @Option(help: "The answer's Retry-After: seconds or an HTTP date.") var retryAfter: String?
    @Option(help: "Attempts made, this one included.") var attempts = 1
    @Option(help: "The delivery's time to live from now: 90m, 24h.") var ttl = "24h"
    @Option(help: "The push service's host, for webpush.") var host = "updates.push.services.mozilla.com"

    func validate() throws {
        guard http == 0 || (100...599).contains(http) else { throw ValidationError("--http is 0, or from 100 to 599.") }
        guard (1...100).contains(attempts) else { throw ValidationError("--attempts is from 1 to 100.") }
        guard body == nil || reason == nil else { throw ValidationError("Give --reason or --body, not both.") }
        guard TimeLength.milliseconds(ttl) != nil else {
            throw ValidationError("--ttl \(ttl): expected a length of time such as 24h.")
        }
        if http == 0, question.classification(now: Instant(milliseconds: 0)) == nil {
            let words = LostAnswer.allCases.map(\.classification.reason).joined(separator: ", ")
            throw ValidationError("--http 0 needs --reason, one of \(words).")
        }
    }

    private var question: RuleQuestion {
        RuleQuestion(provider: provider, status: http, reason: reason, body: body, retryAfter: retryAfter, host: host)
    }

    func run() async throws {
        let renderer = options.renderer
        let limits = try options.settings().settings.limits
        guard let classification = question.classification(now: renderer.now) else {
            throw OperatorFailure(.usage, "there is no such answer")
        }
        let answer = RuleAnswer(
            classification: classification,
            isWebPush: provider == .webpush,
            policy: RetryPolicy(attemptsMax: limits.attemptsMax),
            attempts: attempts,
            now: renderer.now,
            expiresAt: renderer.now + .milliseconds(TimeLength.milliseconds(ttl) ?? 0)
        )
        try renderer.write(answer.json(provider: provider.rawValue), id: "class") {
            answer.lines(provider: provider.rawValue)
        }
    }
}

/// An answer as it would come from the wire.
struct RuleQuestion {
    enum Provider: String, CaseIterable, ExpressibleByArgument {
        case fcm, apns, webpush
    }

    var provider: Provider
    /// 0: none came.
    var status: Int
    var reason: String?
    var body: String?
    var retryAfter: String?
    var host: String

    /// What the lane's own reader of answers says; nil for no answer that has no name.
    func classification(now: Instant) -> Classification? {
        guard status != 0 else {
            return LostAnswer.allCases.map(\.classification).first { $0.reason == reason ?? "timeout" }
        }
        let bytes = Array((body ?? reason.map(written) ?? "").utf8)
        return switch provider {
        case .fcm: FCMAnswer.classify(status: status, body: bytes, retryAfter: retryAfter, now: now)
        case .apns: APNsAnswer.classify(status: status, body: bytes, retryAfter: retryAfter, now: now)
        case .webpush: WebPushAnswer.classify(status: status, body: bytes, retryAfter: retryAfter, host: host, now: now)
        }
    }

    /// The body in which this provider says the word.
    private func written(_ word: String) -> String {
        let object: JSONValue =
            switch provider {
            case .apns: ["reason": .string(word)]
            case .webpush: Int64(word).map { ["errno": .number($0)] } ?? ["reason": .string(word)]
            case .fcm:
                [
                    "error": [
                        "status": .string(word),
                        "details": [
                            [
                                "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                                "errorCode": .string(word),
                            ]
                        ],
                    ]
                ]
            }
        return JSONWriter.text(object)
    }
}
