import ArgumentParser
import Domain

struct DeviceRevoke: AsyncParsableCommand {
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

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        let order = ServiceOrder(path: "/admin/devices/\(AdminClient.escape(installation))/revoke", why: why)
        let object = try await order.run(options, unknown: "there is no installation \(installation)")
        try options.renderer.write(object, id: "installation") {
            ["\(installation): \(object["state"]?.string ?? "disabled")"]
        }
    }
}
