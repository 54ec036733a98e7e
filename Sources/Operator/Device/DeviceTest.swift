import ArgumentParser
import Domain

struct DeviceTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Rings one device with a test notification, and tells the provider's word.",
        discussion: """
            Exit code 1 unless the provider accepted it.

            Example:
              carillon device test 0f8c6d1e-phone
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The installation, as `device list` gives it.")
    var installation: String

    func run() async throws {
        let order = ServiceOrder(path: "/admin/devices/\(AdminClient.escape(installation))/test", why: "")
        let object = try await order.run(options, unknown: "there is no installation \(installation)")
        let outcome = object["outcome"]?.string ?? ""
        let reason = object["reason"]?.string.map { ": \($0)" } ?? ""
        try options.renderer.write(object, id: "installation") { ["\(installation): \(outcome)\(reason)"] }
        if outcome != "accepted" { throw OperatorFailure(.failed, "the test was not accepted") }
    }
}
