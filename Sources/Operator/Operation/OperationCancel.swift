import ArgumentParser
import Contract
import Domain

struct OperationCancel: AnsweringCommand {
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
        let path = "/admin/operations/\(operation)/cancel"
        let object = try await options.give(path, OrderView(why: why), about: "operation \(operation)")
        let view = OperationView(shown: object)
        try options.renderer.write(object, id: "operation") {
            [say("\(operation): \(view.state), changed \(view.changed)")]
        }
        guard view.state != "cancelled" else { return }
        throw OperatorError(.refused, say("it was not cancelled: it is \(view.state)"))
    }
}
