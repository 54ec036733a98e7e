import ArgumentParser

struct DeadExport: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Every dead letter that matches, streamed: one JSON object a line unless -o says csv or ids.",
        discussion: """
            Example:
              carillon dead export --younger 7d -o csv > dead.csv
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "At most so many.")
    var limit: Int?

    func validate() throws {
        try DeadList.refuseStates(filters)
        try ListOptions.check(limit)
    }

    func run() async throws {
        let scope = filters.scope(say("dead letters"), otherwise: say("all"))
        try DeliveryStream.export(options, limit, scope: scope, columns: DeadList.columns) {
            try DeadList.filter(filters, $0, now: $1)
        }
    }
}
