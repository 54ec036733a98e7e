package import ArgumentParser

/// The operator's commands; the executable's root lists them beside `serve`.
package enum OperatorCommands {
    package static let all: [any ParsableCommand.Type] = [
        QueueCommand.self, EventCommand.self, UserCommand.self, PersonCommand.self, PublisherCommand.self,
        DeadCommand.self, LaneCommand.self,
        DeviceCommand.self,
        OperationCommand.self, AuditCommand.self, DirectoryCommand.self, SchoolCommand.self, ClockCommand.self,
        CheckCommand.self,
        DoctorCommand.self, InitCommand.self, ConfigCommand.self, KeyCommand.self, StorageCommand.self,
        BackupCommand.self,
        RecoverCommand.self,
        RetryRulesCommand.self, CompletionsCommand.self,
    ]

    /// Parses and runs one command line: the whole of the executable's `main` but for the exit.
    ///
    /// Exit codes are those of the contract (``ExitStatus``), where ArgumentParser would say 64 for wrong usage. An `ExitCode`
    /// a command throws (`serve`: 75, 78) is passed on.
    ///
    /// - Parameters:
    ///   - root: the executable's root command.
    ///   - arguments: without the program's name.
    ///   - context: what the commands know of their process.
    /// - Returns: the exit code; everything is written.
    package static func run(
        _ root: any ParsableCommand.Type,
        arguments: [String],
        context: OperatorContext
    ) async -> Int32 {
        var context = context
        context.arguments = arguments
        if context.isASCII { context.talk = { [talk = context.talk] in talk(PlainASCII.text($0)) } }
        return await OperatorContext.$task.withValue(context) { [context] in
            do {
                if let unknown = UnknownCommand.find(root, arguments) { throw unknown.failure }
                return await answer(to: try root.parseAsRoot(arguments), root, context)
            } catch {
                return end(root, error, context)
            }
        }
    }

    /// Runs a command. What answers programs speaks English, also beside the answer.
    private static func answer(
        to command: any ParsableCommand,
        _ root: any ParsableCommand.Type,
        _ context: OperatorContext
    ) async -> Int32 {
        var context = context
        if (command as? any AnsweringCommand)?.options.format != .table { context.language = .english }
        return await OperatorContext.$task.withValue(context) { [context] in
            do {
                var command = command
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                return ExitStatus.ok.rawValue
            } catch {
                return end(root, error, context)
            }
        }
    }

    private static func end(_ root: any ParsableCommand.Type, _ error: any Error, _ context: OperatorContext) -> Int32 {
        let code = status(root, error, context)
        // To a monitoring system 2 would mean CRITICAL.
        let isCheck = context.arguments.first == CheckCommand.configuration.commandName
        return isCheck && code == ExitStatus.usage.rawValue && !(error is ExitCode) ? 3 : code
    }

    /// The frame ArgumentParser puts around a wrong usage, in the person's language; its own words in it are English.
    private static func said(_ message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("Error: ") { return say("Error: \(line.dropFirst(7))") }
            if line.hasPrefix("Usage: ") { return say("Usage: \(line.dropFirst(7))") }
            let (before, after) = ("  See '", "' for more information.")
            guard line.hasPrefix(before), line.hasSuffix(after) else { return String(line) }
            return say("  See '\(line.dropFirst(before.count).dropLast(after.count))' for more information.")
        }.joined(separator: "\n")
    }

    /// Says what is left to say.
    private static func status(
        _ root: any ParsableCommand.Type,
        _ error: any Error,
        _ context: OperatorContext
    ) -> Int32 {
        if error is OutputClosedError { return ExitStatus.ok.rawValue }
        if let failure = error as? OperatorError {
            context.talk(failure.text)
            return failure.status.rawValue
        }
        if let request = error as? CompletionsRequest {
            do { try context.write(root.completionScript(for: request.shell)) } catch {
                return ExitStatus.failed.rawValue
            }
            return ExitStatus.ok.rawValue
        }
        let message = root.fullMessage(for: error)
        let code = root.exitCode(for: error)
        if code == .success {
            // Help and version are answers, not errors.
            do { try context.writeText(message + "\n") } catch { return ExitStatus.ok.rawValue }
            return ExitStatus.ok.rawValue
        }
        if !message.isEmpty { context.talk(said(message)) }
        return code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue
    }
}
