import ArgumentParser
import Domain
import WebClient

struct OperationCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stops a running order after the slice that is under way; what it changed stays.",
        discussion: """
            Example:
              carillon operation cancel O-17 --why 'wrong filter'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "O-…, as `operation list` gives it.")
    var operation: String

    @Option(help: "A reason, for those who come after.")
    var why: String = ""

    func run() async throws {
        _ = try OperationList.number(operation)
        let order = ServiceOrder(path: "/admin/operations/\(operation)/cancel", why: why)
        let object = try await order.run(options, unknown: "there is no operation \(operation)")
        let state = object["state"]?.string ?? ""
        try options.renderer.write(object, id: "operation") {
            ["\(operation): \(state), changed \(object["changed"]?.int64 ?? 0)"]
        }
        guard state != "cancelled" else { return }
        throw OperatorFailure(.refused, "it was not cancelled: it is \(state)")
    }
}
