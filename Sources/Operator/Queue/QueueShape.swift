import ArgumentParser
import Domain
import Store

struct QueueShape: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "shape",
        abstract: "How many deliveries are how old, by lane, school, class, app, kind, event, reason or state.",
        discussion: """
            Shows at a glance which destination is ill, and since when. A column holds what is at most so old and \
            older than the column before. Without --state, --event, --reason and --http: what is still to do. \
            With --of users a person counts once in each row and once in the total, at the age of the oldest of his or her \
            deliveries. The counts are exact; the pages are read one after the other.

            Examples:
              carillon queue shape
              carillon queue shape --by reason --state deferred,dead --younger 24h
              carillon queue shape --by school --lane fcm/onepocket --first 1m --buckets 8
              carillon queue shape --by class --of users --where 'lane=fcm/* and age>10m'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "lane, school, class, app, kind, event, reason or state.")
    var by: AgeMatrix.Key = .lane
    @Option(help: "rows (deliveries) or users.")
    var of: AgeMatrix.Unit = .rows
    @Option(name: [.customShort("b"), .long], help: "Age classes, 1 to 20.")
    var buckets = 9
    @Option(name: [.customShort("t"), .long], help: "Upper end of the first age class.")
    var first: TimeLengthArgument = "5s"
    @Flag(help: "Classes of equal length; otherwise each is as long as all before it.")
    var linear = false
    @Option(help: "At most so many rows, the largest first.")
    var limit = 50

    func validate() throws {
        guard (1...20).contains(buckets) else { throw ValidationError(say("--buckets must be from 1 to 20.")) }
        try ListOptions.check(limit, max: 10_000)
        guard first.duration >= .seconds(1) else {
            throw ValidationError(
                say("--first \(first.text): expected a length of time of a second or more, such as 5s.")
            )
        }
    }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let filter = try filters.resolve(inspection, now: renderer.now, otherwise: [.pending, .deferred])
        let start = first.duration.wholeMilliseconds
        let table = AgeTable(key: by, bounds: AgeTable.bounds(first: start, count: buckets, isLinear: linear), unit: of)
        let scope = filters.scope(
            of == .rows ? say("deliveries by \(by.rawValue) and age") : say("users by \(by.rawValue) and age"),
            otherwise: say("still to do")
        )
        let listing = try table.listing(inspection, filter, scope: scope, limit: limit, renderer)
        try renderer.writeMatched(listing, isFiltered: !filters.words.isEmpty)
    }
}

extension AgeMatrix.Key: ExpressibleByArgument {}
extension AgeMatrix.Unit: ExpressibleByArgument {}
