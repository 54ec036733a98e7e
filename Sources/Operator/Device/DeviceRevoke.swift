import ArgumentParser
import Contract
import Domain

struct DeviceRevoke: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends a device: it rings no more until it registers anew.",
        discussion: """
            For a lost phone, or one that gets what it should not. Who and why stay in the audit log.

            Example:
              carillon device revoke 0f8c6d1e-phone --why 'stolen'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The installation, as `device list` gives it.")
    var installation: String

    @Option(help: "The reason, for those who come after.")
    var why: String

    @OptionGroup var offline: OfflineOption

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        let object = try await options.give(
            "/admin/devices/\(AdminRequest.escape(installation))/revoke",
            OrderView(why: why),
            about: "installation \(installation)",
            offline
        )
        try options.renderer.write(object, id: "installation") {
            ["\(installation): \(RevokedView(shown: object).state)"]
        }
    }
}
