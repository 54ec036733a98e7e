import ArgumentParser
import Contract
import Domain

struct PersonExport: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Everything that is known of one person, as JSON.",
        discussion: """
            Names, accounts, classes, relations, devices, choices, and the events of the last weeks. That it was asked for stays in the \
            audit log, without the name.

            Example:
              carillon person export 9100001 --why 'request of 28 November' -o json > 9100001.json
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var order: PersonOrder

    func run() async throws {
        let object = try await order.give("export", OrderView(why: order.why), options)
        try options.renderer.write(object, id: "key") {
            object.map { "\($0.name): \(JSONWriter.text($0.value).showingInvisible)" }
        }
    }
}
