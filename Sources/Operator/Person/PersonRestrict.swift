import ArgumentParser
import Contract
import Domain

struct PersonRestrict: AnsweringCommand {
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
        let restricted = RestrictedView(shown: object)
        let said =
            switch (restricted.hasChanged, restricted.isRestricted) {
            case (true, true): say("\(restricted.user): restricted")
            case (true, false): say("\(restricted.user): not restricted")
            case (false, true): say("\(restricted.user): already restricted")
            case (false, false): say("\(restricted.user): already not restricted")
            }
        try options.renderer.write(object, id: "user") { [said] }
    }
}
