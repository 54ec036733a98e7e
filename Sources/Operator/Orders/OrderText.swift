import Contract
import Domain
import Pipeline

/// What people read of an order.
enum OrderText {
    /// Lines of a report, planned or carried out.
    static func lines(_ report: OrderReportView, _ order: Order) -> [String] {
        let counts = report.notEligible.text
        var lines = [
            say("\(report.filter): matched \(report.matched), eligible \(report.eligible)")
                + (counts.isEmpty ? "" : say(", not eligible \(report.matched - report.eligible) (\(counts))"))
        ]
        if !report.byEvent.isEmpty {
            let parts = report.byEvent.map { "\($0.event) \($0.eligible)" }.joined(separator: "  ")
            lines.append(say("by event  \(parts)    sample  \(report.sample.joined(separator: " "))"))
        }
        if report.bindsWhatComes {
            lines.append(
                say("the event is not wholly expanded: the order also binds the deliveries that are still made")
            )
        }
        if report.state == "planned" {
            let again =
                report.eligible > 0 || report.bindsWhatComes ? say("; to do it: \(again(order, report.eligible))") : ""
            lines.append(say("nothing changed (dry run)\(again)"))
        } else {
            let skipped = report.skipped.text
            lines.append(
                say("\(report.operation ?? "") \(report.state ?? ""): changed \(report.changed)")
                    + (skipped.isEmpty ? "" : say(", skipped \(skipped)"))
            )
        }
        return lines
    }

    /// The failure for a refusal; nil for one that is not known.
    static func refusal(_ problem: ProblemView, _ order: Order) -> OperatorError? {
        let eligible = problem.order?.eligible ?? 0
        let named = order.scope.wholeEvent?.description
        let show = named.map { "carillon event show \($0)" } ?? "carillon event list"
        switch problem.refusal {
        case "needsYes":
            return OperatorError(
                .refused,
                say("it would \(order.verb.said) \(eligible) deliveries; nothing was changed"),
                next: again(order, eligible)
            )
        case "expectExceeded":
            return OperatorError(
                .refused,
                say(
                    "it would \(order.verb.said) \(eligible) deliveries, more than the \(order.expect ?? 0) expected; nothing was changed"
                ),
                next: CommandLineWords().without(option: "--expect").without("--yes").with(["--dry-run"]).text
            )
        case "eventEnded":
            let event = named ?? say("the event")
            return OperatorError(
                .refused,
                say("\(event) is done; nothing was changed"),
                why: say("nothing of it waits, and what a provider accepted cannot be recalled"),
                next: show
            )
        case "eventWithdrawn":
            let event = named ?? say("the event")
            return OperatorError(
                .refused,
                say("\(event) was withdrawn or replaced; nothing was changed"),
                next: show
            )
        case "nothingEligible": return nothingEligible(problem.order, order)
        case "noFilter": return OperatorError(.refused, say("an order without a filter would be about everything"))
        default: return nil
        }
    }

    /// The same command, for good and for no more than was counted.
    private static func again(_ order: Order, _ eligible: Int) -> String {
        let words = CommandLineWords().without("--dry-run").without("--yes").without(option: "--expect")
        let needsWhy = order.verb.needsWhy && order.why.allSatisfy(\.isWhitespace)
        let isConfirmed = order.verb.isForGood || eligible > Order.confirmedMax
        return words.with(
            (needsWhy ? ["--why", "TEXT"] : []) + (isConfirmed ? ["--yes"] : []) + ["--expect", "\(eligible)"]
        ).text
    }

    /// An order that would change nothing is not given.
    static func nothingEligible(_ report: OrderReportView?, _ order: Order) -> OperatorError {
        let counts = report?.notEligible.text ?? ""
        let one =
            order.scope.deliveries.count == 1 ? order.scope.deliveries.first.map { "carillon queue why \($0)" } : nil
        let event = order.scope.wholeEvent.map { "carillon queue why \($0)" }
        return OperatorError(
            .nothing,
            say(
                "nothing to \(order.verb.said): \(report?.matched ?? 0) matched, none of them can be; nothing was changed"
            ),
            why: counts.isEmpty ? nil : counts,
            next: one ?? event ?? (order.scope.deliveries.isEmpty ? CommandLineWords().asList.text : nil)
        )
    }
}
