import ArgumentParser

/// `carillon-simulator`: the push providers and the ENT on loopback.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carillon-simulator",
        abstract: "Plays APNs, FCM, Google's token endpoint and the ENT's userinfo on loopback.",
        subcommands: [Serve.self, Credentials.self]
    )
}
