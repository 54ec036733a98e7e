import ArgumentParser
import Contract
import Delivery
import Dialects
import Domain
import Pipeline
import Settings
import Store

struct EventPreview: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Whom a publication would reach if it were posted now. Nothing is stored.",
        discussion: """
            Reads a CloudEvent, a timeline or a broker message, and resolves it as the service would, from directory and \
            devices as they stand; works with the service down. With --publisher its sources and schools bind; without, \
            nobody's.

            Examples:
              carillon event preview event.json
              carillon event preview event.json --publisher one -o json | jq .guardians
              curl … | carillon event preview -
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @Option(help: "The publisher whose rights bind.")
    var publisher: String?

    func run() async throws {
        let inspection = try options.inspection()
        let publisher = try rights(inspection)
        let now = options.renderer.now
        let event = try parse(try EventFile(file).bytes(max: inspection.settings.limits.eventBytesMax), inspection, now)
        let admission = Admission(publication: event.publication, publisher: publisher)
        let seen: Admission.Resolution
        do throws(IntakeError) {
            try admission.checkRights()
            try admission.checkUrgency(DeliveryRules(inspection.settings))
            seen = try look(admission, inspection, now).get()
            if let newer = try newerRevision(event.publication, inspection) { throw .staleRevision(newer) }
        } catch { throw Self.failure(error, inspection.settings.data) }
        let terms = admission.terms(
            of: inspection.settings.publications,
            entOrigins: inspection.settings.entOrigins,
            now: now
        )
        let preview = Preview(
            publisher: self.publisher,
            publication: terms.publication,
            dataClass: terms.dataClass,
            at: now,
            expiresAt: terms.expiresAt,
            unresolved: seen.unresolved,
            warnings: event.warnings + seen.warnings + terms.warnings
        )
        let forecast = try inspection.askRegistry { registry in
            try inspection.forecastRules.forecast(
                preview,
                schools: publisher.schools,
                registry: registry,
                lanes: inspection.laneTable
            )
        }
        let object = forecast.view(preview).object
        try options.renderer.write(object, id: "app") { EventShow.lines(object, now: now) }
    }

    /// As the configuration has them; all rights when no publisher is named.
    private func rights(_ inspection: Inspection) throws -> Publisher {
        guard let publisher else { return Publisher(name: "", sources: [], schools: nil, rights: [.events, .urgent]) }
        guard let known = inspection.settings.publishers.first(where: { $0.name == publisher }) else {
            let names = inspection.settings.publishers.map(\.name).joined(separator: ", ")
            throw OperatorError(.nothing, say("there is no publisher \(publisher)"), why: say("known: \(names)"))
        }
        guard known.rights.contains(.events) else {
            throw OperatorError(.failed, say("\(publisher) may not post events"))
        }
        let rights = Set(known.rights.compactMap { Publisher.Right(rawValue: $0.rawValue) })
        return Publisher(name: known.name, sources: known.sources, schools: known.schools, rights: rights)
    }

    private func parse(_ bytes: [UInt8], _ inspection: Inspection, _ now: Instant) throws -> ParsedEvent {
        do throws(EventRefusal) {
            let parser = EventParser(limits: inspection.settings.limits)
            let form = EventForm.recognise(body: bytes, depthMax: inspection.settings.limits.jsonDepthMax)
            let submission = try parser.parse(form, header: { _ in nil }, body: bytes, receivedAt: now)
            guard case .one(let event) = submission else {
                throw EventRefusal(400, "invalidParameter", "A preview is of one event, not of a batch.")
            }
            return event
        } catch {
            let mistakes = error.errors.map { "\($0.pointer) \($0.detail)" }
            throw OperatorError(
                .failed,
                say("the event would be refused with \(digits: error.status) \(error.code)"),
                why: ([error.detail] + mistakes).joined(separator: " ")
            )
        }
    }

    private func look(
        _ admission: Admission,
        _ inspection: Inspection,
        _ now: Instant
    ) -> Result<Admission.Resolution, IntakeError> {
        do { return try admission.look(in: inspection.registry, now: now) } catch {
            return .failure(.unavailable(StoreError(error)))
        }
    }

    /// Revisions are a publisher's own.
    private func newerRevision(
        _ publication: Publication,
        _ inspection: Inspection
    ) throws(IntakeError) -> EventID? {
        guard let publisher else { return nil }
        do { return try inspection.queue.newerRevision(than: publication, of: publisher) } catch {
            throw .unavailable(StoreError(error))
        }
    }

    private static func failure(_ error: IntakeError, _ folder: String) -> OperatorError {
        let what: String
        var why: String?
        switch error {
        case .unknownSchool(let school):
            what = say("the event would be refused: the directory has no school \(school)")
        case .forbiddenSchool(let school):
            what = say("the event would be refused: the publisher may not speak for the school \(school)")
        case .ambiguousKey(let index, let schools):
            what = say("the event would be refused: entry \(index) of the audience is in several schools")
            why = schools.joined(separator: ", ")
        case .forbiddenSource(let source):
            what = say("the event would be refused: the publisher may not speak as \(source)")
        case .urgentForbidden:
            what = say("the event would be refused: the publisher has not the right urgent")
        case .conflict: what = say("the event would be refused: its identity is taken")
        case .staleRevision(let id):
            what = say("the event would be refused: \(id) is of the same or a newer revision")
        case .unavailable(let error): return OperatorError.store(error, in: folder)
        }
        return OperatorError(.failed, what, why: why)
    }
}
