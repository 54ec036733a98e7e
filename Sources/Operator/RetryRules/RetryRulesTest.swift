import ArgumentParser
import Domain
import Providers
import Settings

struct RetryRulesTest: AnsweringCommand {
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

    @Option(help: "\(ProviderList.choice).", transform: ProviderID.typed) var provider: ProviderID
    @Option(help: "The status; 0 for no answer.") var http: Int
    @Option(help: "The provider's word: UNREGISTERED, BadDeviceToken, an errno of Mozilla's.") var reason: String?
    @Option(help: "The answer's body as it came, instead of --reason.") var body: String?
    @Option(help: "The answer's Retry-After: seconds or an HTTP date.") var retryAfter: String?
    @Option(help: "Attempts made, this one included.") var attempts = 1
    @Option(help: "The delivery's time to live from now: 90m, 24h.") var ttl: TimeLengthArgument = "24h"
    @Option(help: "The push service's host, where an answer depends on it: webpush.") var host: String?

    func validate() throws {
        guard http == 0 || (100...599).contains(http) else {
            throw ValidationError(say("--http is 0, or from 100 to 599."))
        }
        guard (1...100).contains(attempts) else { throw ValidationError(say("--attempts is from 1 to 100.")) }
        guard body == nil || reason == nil else { throw ValidationError(say("Give --reason or --body, not both.")) }
        try ttl.check("ttl", like: "24h")
        if http == 0, question.classification(now: Instant(milliseconds: 0)) == nil {
            let words = LostAnswer.allCases.map(\.classification.reason).joined(separator: ", ")
            throw ValidationError(say("--http 0 needs --reason, one of \(words)."))
        }
    }

    private var question: RuleQuestion {
        RuleQuestion(
            provider: provider,
            status: http,
            reason: reason,
            body: body,
            retryAfter: retryAfter,
            host: host ?? ""
        )
    }

    func run() async throws {
        let renderer = options.renderer
        let limits = try options.settings().settings.limits
        guard let classification = question.classification(now: renderer.now) else {
            throw OperatorError(.usage, say("there is no such answer"))
        }
        let answer = RuleAnswer(
            classification: classification,
            isServiceNamedByAddress: provider.isServiceNamedByAddress,
            policy: RetryPolicy(attemptsMax: limits.attemptsMax),
            attempts: attempts,
            now: renderer.now,
            expiresAt: renderer.now + ttl.duration
        )
        try renderer.write(answer.json(provider: provider.name), id: "class") {
            answer.lines(provider: provider.name)
        }
    }
}

/// An answer as it would come from the wire.
struct RuleQuestion {
    var provider: ProviderID
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
        guard let provider = ProviderList.all.first(where: { $0.id == provider }) else { return nil }
        let written = reason.map { JSONWriter.text(provider.body(saying: $0)) }
        let bytes = Array((body ?? written ?? "").utf8)
        return provider.classify(status: status, body: bytes, retryAfter: retryAfter, host: host, now: now)
    }
}

extension ProviderID {
    static func typed(_ text: String) throws -> ProviderID {
        guard let provider = ProviderID(name: text) else {
            throw ValidationError(say("\(text) is none of \(ProviderList.names.joined(separator: ", "))."))
        }
        return provider
    }
}
