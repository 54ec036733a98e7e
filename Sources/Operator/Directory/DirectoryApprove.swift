import ArgumentParser
import Contract
import Domain

struct DirectoryApprove: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Lets a held import through.",
        discussion: """
            Reads its export again and compares it with the directory of the moment. When the difference is not the one that was held, it is \
            shown again and nothing is changed without --yes (exit code 6).

            Examples:
              carillon directory show I-7
              carillon directory approve I-7 --why 'the school has closed a site'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "I-…, as `directory list` gives it.")
    var id: String

    @Option(help: "A reason, for those who come after.")
    var why: String = ""

    @Flag(help: "Also when the difference has changed since.")
    var yes = false

    @OptionGroup var offline: OfflineOption

    func run() async throws {
        _ = try DirectoryList.id(id)
        var order = OrderView(why: why)
        order.isConfirmed = yes
        var request = AdminRequest("/admin/directory/imports/\(id)/approve", order)
        request.timeout = ImportOrder.timeout
        let object = try await options.admin(offline) { try await $0.send(request).report("import \(id)") }
        let view = ImportView(shown: object)
        try options.renderer.write(object, id: "import") { ImportText.lines(object) }
        switch view.state {
        case "applied": return
        case "held":
            throw OperatorError(
                .refused,
                say("the difference has changed since \(id) was held; nothing was changed"),
                next: say("look at it, then the same with --yes")
            )
        default:
            throw OperatorError(.failed, say("the export failed; nothing was changed"), why: view.detail)
        }
    }
}
