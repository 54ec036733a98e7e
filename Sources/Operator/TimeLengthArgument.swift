import ArgumentParser
import Domain

/// A length of time as it was typed: `90s`, `1h30m`. A command's `validate` checks it, because what a `transform` says stands behind a
/// sentence of ArgumentParser's.
struct TimeLengthArgument: ExpressibleByArgument, ExpressibleByStringLiteral {
    let text: String
    private let milliseconds: Int64?

    init(argument: String) {
        text = argument
        milliseconds = TimeLength.milliseconds(argument)
    }

    init(stringLiteral value: String) { self.init(argument: value) }

    /// Zero for what is none: that was refused before anybody asks.
    var duration: Duration { .milliseconds(milliseconds ?? 0) }

    var defaultValueDescription: String { text }

    func check(_ option: String, like examples: String...) throws {
        guard milliseconds == nil else { return }
        let known = examples.joined(separator: say(" or "))
        throw ValidationError(say("--\(option) \(text): expected a length of time such as \(known)."))
    }

    /// Of a screen that is drawn again and again.
    func checkInterval() throws {
        guard (.seconds(1) ... .seconds(3600)).contains(duration) else {
            throw ValidationError(say("--interval \(text): expected a length of time from 1s to 1h."))
        }
    }
}
