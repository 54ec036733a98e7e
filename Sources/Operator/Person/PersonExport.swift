import ArgumentParser
import Contract
import Domain

struct PersonExport: AsyncParsableCommand {
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

    @Argument(help: "The ENT id or the feed's key.")
    var user: String

    @Option(help: "The reason, for those who come after.")
    var why: String

    @OptionGroup var offline: OfflineOption

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        let object = try await options.give(
            "/admin/persons/\(AdminRequest.escape(user))/export",
            OrderView(why: why),
            about: "person \(user)",
            offline
        )
        try options.renderer.write(object, id: "key") {
            object.map { "\($0.name): \(JSONWriter.text($0.value).showingInvisible)" }
        }
    }
}
