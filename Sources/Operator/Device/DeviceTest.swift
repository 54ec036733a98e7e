import ArgumentParser
import Contract
import Domain

struct DeviceTest: AnsweringCommand {
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
        let object = try await options.give(
            "/admin/devices/\(AdminRequest.escape(installation))/test",
            OrderView(why: ""),
            about: "installation \(installation)"
        )
        let view = TestOutcomeView(shown: object)
        let reason = view.reason.map { ": \($0)" } ?? ""
        try options.renderer.write(object, id: "installation") { ["\(installation): \(view.outcome)\(reason)"] }
        if view.outcome != "accepted" { throw OperatorError(.failed, say("the test was not accepted")) }
    }
}
