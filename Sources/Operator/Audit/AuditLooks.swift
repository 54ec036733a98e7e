import ArgumentParser
import Contract
import Domain
import Pipeline
import Settings
import Store

struct AuditLooks: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "looks",
        abstract: "Who was shown names, or who is concerned by what; the newest first.",
        discussion: """
            Every command and route that shows them leaves a record: who, when, what kind, and the number of the person or the event; \
            no names. Kept as long as orders (retention.operationDays), in whole months. The person is told in `person export`.

            Examples:
              carillon audit looks --limit 20
              carillon audit looks --user 9100001 -o json
              carillon audit looks --event E-7F3K2
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Option(help: "Only at this person: the ENT id, or the feed's key.")
    var user: String?

    @Option(help: "Only at this event.", transform: QueueList.event)
    var event: EventID?

    func run() async throws {
        let log = LookLog(data: try options.settings().settings.data)
        let persons = try user.map { name in
            let inspection = try options.inspection()
            return try inspection.askRegistry { try $0.persons(meantBy: name).map(\.id) }
        }
        let words = [user.map { "user \($0)" }, event.map { "event \($0)" }].compactMap { $0 }
        let listing = Listing(
            id: "cursor",
            scope: ([say("looks")] + words).joined(separator: ", "),
            columns: [
                .time("AT", "at"), .text("ACTOR", "actor"), .text("WHAT", "what"), .text("PERSON", "person"),
                .text("EVENT", "event"),
            ]
        )
        try paging.write(
            listing,
            to: options.renderer,
            isFiltered: !words.isEmpty,
            items: { after, limit in
                let cursor = try after.map { try ListOptions.cursor($0, LookLog.Cursor.init) }
                do {
                    return try log.looks(before: cursor, limit: limit) { look in
                        (persons.map { known in look.person.map(known.contains) ?? false } ?? true)
                            && (event.map { $0 == look.event } ?? true)
                    }.map { ($0.look.view.object, $0.cursor.description) }
                } catch {
                    throw OperatorError(.store, say("the looks cannot be read"), why: "\(error)")
                }
            }
        )
    }
}
