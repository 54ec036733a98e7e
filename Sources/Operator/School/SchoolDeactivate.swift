import ArgumentParser

struct SchoolDeactivate: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "From now on the school's events are accepted and withheld (notActivated).",
        discussion: """
            Holds against schools.activeByDefault and every later import. What is already being sent goes on: carillon queue hold.

            Example:
              carillon school deactivate 0429901A --why 'leaves the ENT'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var order: SchoolOrder

    func run() async throws { try await order.run(isActive: false, options) }
}
