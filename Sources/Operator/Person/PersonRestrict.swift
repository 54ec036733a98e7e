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
    @OptionGroup var order: PersonOrder

    @Flag(help: "The data may be used again.")
    var lift = false

    func run() async throws {
        var view = RestrictionOrderView()
        view.isRestricted = !lift
        view.actor = OperatorContext.current.actor
        view.why = order.why
        let object = try await order.give("restrict", view, options)
        try options.renderer.write(object, id: "user") {
            let view = RestrictedView(shown: object)
            return [
                "\(view.user): \(view.hasChanged ? "" : "already ")\(view.isRestricted ? "restricted" : "not restricted")"
            ]
        }
    }
}
