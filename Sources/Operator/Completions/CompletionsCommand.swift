import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "A completion script for a shell.",
        discussion: """
            Examples:
              carillon completions bash > /etc/bash_completion.d/carillon
              carillon completions zsh > ~/.zfunc/_carillon
              carillon completions fish > ~/.config/fish/completions/carillon.fish
            """
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    func run() throws {
        // Only who started us knows the root, whose whole tree the script completes.
        throw CompletionsRequest(shell: CompletionShell(rawValue: shell.rawValue) ?? .bash)
    }
}

/// Asks ``OperatorCommands/run(_:arguments:context:)``, which knows the root, for the script.
struct CompletionsRequest: Error {
    var shell: CompletionShell
}
