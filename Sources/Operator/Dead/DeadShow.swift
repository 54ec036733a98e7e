import ArgumentParser
import Domain
import Store

struct DeadShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One dead letter with its attempts.",
        discussion: """
            As `queue show`, for dead letters only.

            Example:
              carillon dead show D-1G8
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The delivery's id.", transform: QueueList.delivery)
    var id: DeliveryID

    func run() async throws {
        let inspection = try options.inspection()
        let row = try inspection.delivery(id)
        guard row.result.state == .dead else {
            throw OperatorError(
                .nothing,
                say("\(id) is no dead letter: it is \(row.result.state)"),
                next: "carillon queue show \(id)"
            )
        }
        try QueueShow.write(row, inspection, options.renderer)
    }
}
