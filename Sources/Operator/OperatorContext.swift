package import Domain
import Glibc
import POSIX

/// What the commands know of their process; the executable gives the real one, tests their own.
package struct OperatorContext: Sendable {
    package var environment: [String: String]
    package var time: TimeSource
    /// Who gives an order, for the audit log.
    package var actor: String
    /// Takes bytes of the answer. Throws ``OutputClosedError`` when nobody reads on.
    package var output: @Sendable ([UInt8]) throws -> Void
    /// Takes a text for people (errors, progress), without line feed at the end.
    package var talk: @Sendable (String) -> Void
    /// Columns of the terminal that shows the answer; nil when it goes to a file or pipe.
    package var columns: Int?
    /// For live screens; nil when nobody sits before it.
    package var terminal: Terminal?
    /// The next line of standard input, without line feed; nil at its end.
    package var input: @Sendable () -> String? = { readLine() }
    /// Writes over the one line of a terminal at standard error; nil when there is none. An empty text clears it.
    package var bar: (@Sendable (String) -> Void)?
    /// Columns of that terminal.
    package var barColumns = 79
    /// What the person reads; English for a command whose answer is for programs.
    var language: Language
    /// True when a person sits at standard input and error, and can be asked.
    package var isInteractive = false
    /// The command line as it was given, without the program's name.
    var arguments: [String] = []

    package init(
        environment: [String: String],
        time: TimeSource,
        actor: String,
        columns: Int?,
        terminal: Terminal? = nil,
        output: @escaping @Sendable ([UInt8]) throws -> Void,
        talk: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        language = Language(environment)
        self.time = time
        self.actor = actor
        self.columns = columns
        self.terminal = terminal
        self.output = output
        self.talk = talk
    }

    /// That of this process: standard output and error, and the terminal if there is one. Ignores SIGPIPE from now on.
    package static func process(
        environment: [String: String],
        time: TimeSource
    ) -> OperatorContext {
        signal(SIGPIPE, SIG_IGN)
        let user = ["SUDO_USER", "LOGNAME", "USER"].compactMap { environment[$0] }.first { !$0.isEmpty }
        var context = OperatorContext(
            environment: environment,
            time: time,
            actor: user ?? "uid \(getuid())",
            columns: terminalColumns(),
            terminal: Terminal.isInteractive ? Terminal() : nil,
            output: { bytes in try write(bytes, to: STDOUT_FILENO) },
            talk: { text in
                // Nothing is left to tell the person with when standard error is closed.
                do {
                    try write(Array((text.escapingHidden(except: ["\n", "\t"]) + "\n").utf8), to: STDERR_FILENO)
                } catch {}
            }
        )
        context.isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
        if isatty(STDERR_FILENO) == 1 {
            context.bar = { text in
                // As of talk: there is nobody to tell.
                do {
                    try write(Array(("\r" + text.escapingHidden(except: []) + "\u{1B}[K").utf8), to: STDERR_FILENO)
                } catch {}
            }
        }
        return context
    }

    /// The arguments of a command are values that ArgumentParser makes; this is how what they need reaches them.
    @TaskLocal static var task: OperatorContext?

    static var current: OperatorContext {
        guard let task else { preconditionFailure("OperatorCommands.run sets the context of every command.") }
        return task
    }

    func write(_ text: String) throws { try output(Array(text.utf8)) }

    /// The locale knows ASCII only.
    var isASCII: Bool { PlainASCII.isWanted(environment) }

    /// For people, as their locale can show it.
    func writeText(_ text: String) throws { try write(isASCII ? PlainASCII.text(text) : text) }

    private static func terminalColumns() -> Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        do { try Descriptor.write(bytes, to: descriptor) } catch {
            if error.code == EPIPE { throw OutputClosedError() }
            throw OperatorError(.failed, say("the answer cannot be written"), why: systemText(error.code))
        }
    }
}
