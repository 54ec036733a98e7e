import ArgumentParser
import Domain
import Store

struct QueueWhy: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Says in sentences why a delivery or an event is where it is.",
        discussion: """
            Examples:
              carillon queue why D-1G8
              carillon queue why E-7F3K2
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "A delivery's or an event's id.")
    var id: String

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let facts = try await LaneFacts.read(inspection, now: renderer.now)
        let explanation = Explanation(inspection: inspection, facts: facts, now: renderer.now)
        let sentences: [String]
        let state: String
        if let delivery = DeliveryID(id), let row = try inspection.unreadable(pageOf: delivery) {
            state = "unreadable"
            sentences = Explanation.sentences(of: row)
        } else if let delivery = DeliveryID(id) {
            let row = try inspection.delivery(delivery)
            state = "\(row.result.state)"
            sentences = try explanation.sentences(of: row)
        } else if EventID(id) != nil {
            let event = try inspection.eventID(id)
            let text = try inspection.ask { try $0.unreadable(event) }
            if let text, try inspection.isEventLost(event) {
                state = "unreadable"
                sentences = Explanation.sentences(of: text)
            } else {
                let report = try inspection.report(id)
                state = report.event.state.word
                let lost = report.unreadable + [text].compactMap { $0 }
                sentences = explanation.sentences(of: report) + lost.flatMap(Explanation.sentences)
            }
        } else {
            throw ValidationError(say("\(id) is neither a delivery (D-…) nor an event (E-…)."))
        }
        let object = JSONObject([
            "id": .string(id), "at": .string(renderer.now.rfc3339), "source": .string(facts.source),
            "state": .string(state),
            "why": .array(sentences.map { .string($0) }),
        ])
        try renderer.write(object, id: "id") {
            [Renderer.head(id, at: renderer.now, source: facts.source)] + sentences.flatMap(renderer.wrapped)
        }
    }
}
