import ArgumentParser

struct SchoolActivate: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "From now on the school's events ring.",
        discussion: """
            Holds against schools.activeByDefault and every later import. What was withheld before is not sent after all.

            Example:
              carillon school activate 0429901A --why 'parents are informed'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var order: SchoolOrder

    func run() async throws { try await order.run(isActive: true, options) }
}
