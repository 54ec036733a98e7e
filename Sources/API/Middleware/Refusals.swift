import Contract
import Dialects
import Domain
import HTTPTypes
import Pipeline
import Store

/// An error of a service that has an answer of its own. Handlers throw it as it is; this is the one place where it becomes a problem.
protocol AnsweredError: Error {
    func problem(_ limits: Limits) -> Problem
}

extension StoreError: AnsweredError {
    func problem(_ limits: Limits) -> Problem { Problem(self, limits: limits) }
}

extension EventRefusal: AnsweredError {
    func problem(_ limits: Limits) -> Problem { Problem(self) }
}

extension JSONError: AnsweredError {
    func problem(_ limits: Limits) -> Problem { Problem(.json(self)) }
}

extension IntakeError: AnsweredError {
    func problem(_ limits: Limits) -> Problem {
        switch self {
        case .unknownSchool:
            return Problem(
                .unknownSchool,
                "The directory does not know the event's school.",
                errors: [FieldError("/data/school", "unknownValue", "No such school in the directory.")]
            )
        case .forbiddenSchool(let school):
            return Problem(.forbiddenSchool, "This publisher may not speak for the school \(school).")
        case .ambiguousKey(let index, let schools):
            let list = schools.map { $0.isEmpty ? "a school without UAI" : $0 }.joined(separator: ", ")
            return Problem(
                .ambiguousKey,
                "A key of the audience is that of several; name the school beside it.",
                errors: [
                    FieldError(
                        ("/data/audience" as JSONPointer).index(index),
                        "ambiguousKey",
                        "It is in these schools: \(list)."
                    )
                ]
            )
        case .forbiddenSource:
            return Problem(
                .forbiddenSource,
                "This publisher may not speak for the event's source.",
                errors: [FieldError("/source", "forbidden", "Not a source of this publisher.")]
            )
        case .urgentForbidden:
            return Problem(
                .urgentForbidden,
                "This publisher may not ring through quiet hours: it has not the right urgent.",
                errors: [FieldError("/data/urgency", "forbidden", "Expected low or normal.")]
            )
        case .conflict(let id):
            var problem = Problem(
                .identityConflict,
                "An event with this identity and another body was accepted before."
            )
            problem.more.id = id.description
            return problem
        case .staleRevision(let id):
            var problem = Problem(
                .staleRevision,
                "An event of the same or a newer revision of this subject was accepted before.",
                errors: [FieldError("/data/revision", "stale", "Expected a higher revision.")]
            )
            problem.more.id = id.description
            return problem
        case .unavailable(let error): return error.problem(limits)
        }
    }
}

extension OrderRefusal: AnsweredError {
    func problem(_ limits: Limits) -> Problem {
        func invalid(_ member: PartialKeyPath<BulkOrderView>, _ code: String, _ detail: String) -> Problem {
            let error = FieldError(JSONPointer.root.member(BulkOrderView.name(of: member)), code, detail)
            return Problem(.invalidOrder, "The order is wrong.", errors: [error])
        }
        func refused(_ code: String, _ detail: String, _ report: OrderReport?) -> Problem {
            var problem = Problem(.orderRefused, detail)
            problem.more.refusal = code
            problem.more.order = report?.view
            return problem
        }
        switch self {
        case .noFilter: return refused("noFilter", "An order names deliveries or a filter.", nil)
        case .needsWhy: return invalid(\.why, "missing", "Say why; it goes to the audit log.")
        case .tooManyDeliveries:
            return invalid(\.ids, "tooMany", "At most \(Order.deliveriesMax) deliveries; use a filter.")
        case .needsConfirmation(let report):
            return refused("needsYes", "It would change \(report.eligible) deliveries: say yes.", report)
        case .expectExceeded(let report):
            return refused("expectExceeded", "It would change \(report.eligible) deliveries.", report)
        case .wholeEventOnly: return invalid(\.filter, "wholeEventOnly", "Name one event, and nothing else.")
        case .eventEnded:
            var problem = Problem(.eventEnded, "Nothing of it waits, and what was accepted cannot be recalled.")
            problem.more.refusal = "eventEnded"
            return problem
        case .eventWithdrawn:
            var problem = Problem(.eventWithdrawn, "It was taken back or replaced; nobody is rung for it any more.")
            problem.more.refusal = "eventWithdrawn"
            return problem
        case .needsService: return Problem(.notReady, "Only the running service sends; start it first.")
        case .nothingEligible(let report):
            var problem = Problem(.nothingMatched, "None of the deliveries it is about can be changed so.")
            problem.more.refusal = "nothingEligible"
            problem.more.order = report.view
            return problem
        case .nothingMatched: return Problem(.nothingMatched, "No delivery matches.")
        case .filter(.unknown(let name, _, let known)):
            var problem = Problem(.nothingMatched, "\(name.rawValue) names nothing.")
            problem.more.known = known.isEmpty ? nil : known.joined(separator: ", ")
            return problem
        case .filter(let problem): return invalid(\.filter, "malformed", problem.detail)
        case .store(let error): return error.problem(limits)
        }
    }
}

extension ImportRefusal: AnsweredError {
    func problem(_ limits: Limits) -> Problem {
        switch self {
        case .busy: UploadFolder.busy
        case .unknownFeed(let name):
            Problem(.unknownFeed, "No feed \(name.showingInvisible) is configured (directory.feeds).")
        case .foreignFeed(let name):
            Problem(.forbiddenFeed, "This publisher may not deliver the feed \(name.showingInvisible).")
        case .unknownImport: Problem(.unknownImport, "There is no such import.")
        case .notHeld(let state): Problem(.importNotHeld, "The import is \(state), not held.")
        case .notKept: Problem(.importNotHeld, "Its delivery was not kept; import it again.")
        case .unavailable(let error): error.problem(limits)
        }
    }
}

extension FilterWords.WordError {
    /// For the answer; names no word of the request.
    var detail: String {
        switch self {
        case .noSuchName(let name): "There is no filter \(name)."
        case .malformed(let name, _, let expected): "\(name.rawValue): expected \(expected)."
        case .misplaced(let name, _, let position, let expected):
            "\(name.rawValue), character \(position): expected \(expected)."
        case .unknown(let name, _, _): "\(name.rawValue) names nothing."
        case .several(let name, _, _): "\(name.rawValue) names several: give the ENT id, or the key as feed:key."
        }
    }
}
