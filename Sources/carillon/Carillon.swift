import ArgumentParser
import Glibc
import Operator

/// `carillon`: the gateway and its operator's commands in one executable, so that they never differ in version.
struct Carillon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carillon",
        abstract: "A push gateway for schools: takes publications of the ENT and rings the parents they concern.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage, 3 nothing matched, 4 service not reachable, 5 store error, 6 refused.
            """,
        version: Version.sentence,
        subcommands: [Serve.self] + OperatorCommands.all
    )
}

@main
enum Main {
    static func main() async {
        if CommandLine.arguments.dropFirst().first == "serve" { EarlySignals.keep() }
        let context = OperatorContext.process(
            environment: Environment.current,
            time: SystemTime.source
        )
        exit(
            await OperatorCommands.run(
                Carillon.self,
                arguments: Array(CommandLine.arguments.dropFirst()),
                context: context
            )
        )
    }
}
