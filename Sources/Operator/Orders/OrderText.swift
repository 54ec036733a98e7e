import Contract
import Domain
import Pipeline
import Store

/// What people read of an order.
enum OrderText {
    /// Lines of a report, planned or carried out.
    static func lines(_ report: OrderReportView) -> [String] {
        let counts = report.notEligible.text
        var lines = [
            "\(report.filter): matched \(report.matched), eligible \(report.eligible)"
                + (counts.isEmpty ? "" : ", not eligible \(report.matched - report.eligible) (\(counts))")
        ]
        if !report.byEvent.isEmpty {
            let parts = report.byEvent.map { "\($0.event) \($0.eligible)" }.joined(separator: "  ")
            lines.append("by event  \(parts)    sample  \(report.sample.joined(separator: " "))")
        }
        if report.bindsWhatComes {
            lines.append("the event is not wholly expanded: the order also binds the deliveries that are still made")
        }
        if report.state == "planned" {
            lines.append("nothing changed (dry run); to do it: --expect \(report.eligible) --why TEXT")
        } else {
            let skipped = report.skipped.text
            lines.append(
                "\(report.operation ?? "") \(report.state ?? ""): changed \(report.changed)"
                    + (skipped.isEmpty ? "" : ", skipped \(skipped)")
            )
        }
        return lines
    }

    /// The failure for a refusal; nil for one that is not known.
    static func refusal(_ problem: ProblemView, _ order: Order) -> OperatorFailure? {
        let eligible = problem.order?.eligible ?? 0
        switch problem.refusal {
        case "needsYes":
            return OperatorFailure(
                .refused,
                "it would \(order.verb) \(eligible) deliveries; nothing was changed",
                next: "--dry-run to see them, then --yes --expect \(eligible)"
            )
        case "expectExceeded":
            return OperatorFailure(
                .refused,
                "it would \(order.verb) \(eligible) deliveries, more than the \(order.expect ?? 0) expected; nothing was changed",
                next: "--dry-run to see them"
            )
        case "eventEnded":
            let event = order.scope.wholeEvent?.description ?? "the event"
            return OperatorFailure(
                .refused,
                "\(event) is done; nothing was changed",
                why: "nothing of it waits, and what a provider accepted cannot be recalled",
                next: "carillon event show \(event)"
            )
        case "eventWithdrawn":
            let event = order.scope.wholeEvent?.description ?? "the event"
            return OperatorFailure(
                .refused,
                "\(event) was withdrawn or replaced; nothing was changed",
                next: "carillon event show \(event)"
            )
        case "noFilter": return OperatorFailure(.refused, "an order without a filter would be about everything")
        default: return nil
        }
    }
}
