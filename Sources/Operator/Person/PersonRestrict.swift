import ArgumentParser
import Contract
import Domain

struct PersonRestrict: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict",
        abstract: "Keeps a person's data and uses it for nothing: he or she is not rung.",
        discussion: """
            What would ring ends withheld with the reason restricted, also what waits already. --lift ends it.

            Examples:
              carillon person restrict 9100001 --why 'contests the guardianship'
              carillon person restrict 9100001 --lift --why 'settled'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The ENT id or the feed's key.")
    var user: String

    @Flag(help: "The data may be used again.")
    var lift = false

    @Option(help: "The reason, for those who come after.")
    var why: String

    @OptionGroup var offline: OfflineOption

    func validate() throws { try WhyText.check(why) }

    func run() async throws {
        var order = RestrictionOrderView()
        order.isRestricted = !lift
        order.actor = OperatorContext.current.actor
        order.why = why
        let object = try await options.give(
            "/admin/persons/\(AdminRequest.escape(user))/restrict",
            order,
            about: "person \(user)",
            offline
        )
        try options.renderer.write(object, id: "user") {
            let view = RestrictedView(shown: object)
            return [
                "\(view.user): \(view.hasChanged ? "" : "already ")\(view.isRestricted ? "restricted" : "not restricted")"
            ]
        }
    }
}
