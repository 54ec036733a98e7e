import Domain
import Pipeline
import Store

/// What people read of an order.
enum OrderText {
    /// Lines of a report, planned or carried out.
    static func lines(_ report: JSONObject) -> [String] {
        let matched = number(report, "matched")
        let eligible = number(report, "eligible")
        let counts = reasons(report["notEligible"])
        let scope = report["filter"]?.string ?? ""
        var lines = [
            "\(scope): matched \(matched), eligible \(eligible)"
                + (counts.isEmpty ? "" : ", not eligible \(matched - eligible) (\(counts))")
        ]
        let events = report["byEvent"]?.array ?? []
        if !events.isEmpty {
            let parts = events.map { "\($0["event"]?.string ?? "") \($0["eligible"]?.int64 ?? 0)" }
            let sample = report["sample"]?.array?.compactMap(\.string).joined(separator: " ") ?? ""
            lines.append("by event  \(parts.joined(separator: "  "))    sample  \(sample)")
        }
        if report["bindsWhatComes"] == true {
            lines.append("the event is not wholly expanded: the order also binds the deliveries that are still made")
        }
        if report["state"] == "planned" {
            lines.append("nothing changed (dry run); to do it: --expect \(eligible) --why TEXT")
        } else {
            let skipped = reasons(report["skipped"])
            lines.append(
                "\(report["operation"]?.string ?? "") \(report["state"]?.string ?? ""): changed \(number(report, "changed"))"
                    + (skipped.isEmpty ? "" : ", skipped \(skipped)")
            )
        }
        return lines
    }

    /// The failure for a refusal's code; nil for one that is not known.
    static func refusal(_ code: String?, eligible: Int64, _ order: Order) -> OperatorFailure? {
        switch code {
        case "needsYes": needsYes(eligible, order)
        case "expectExceeded": expectExceeded(eligible, order)
        case "eventEnded": eventEnded(order.scope.wholeEvent?.description ?? "the event")
        case "noFilter": OperatorFailure(.refused, "an order without a filter would be about everything")
        default: nil
        }
    }

    static func needsYes(_ eligible: Int64, _ order: Order) -> OperatorFailure {
        OperatorFailure(
            .refused,
            "it would \(order.verb) \(eligible) deliveries; nothing was changed",
            next: "--dry-run to see them, then --yes --expect \(eligible)"
        )
    }

    static func expectExceeded(_ eligible: Int64, _ order: Order) -> OperatorFailure {
        OperatorFailure(
            .refused,
            "it would \(order.verb) \(eligible) deliveries, more than the \(order.expect ?? 0) expected; nothing was changed",
            next: "--dry-run to see them"
        )
    }

    static func eventEnded(_ event: String) -> OperatorFailure {
        OperatorFailure(
            .refused,
            "\(event) is done; nothing was changed",
            why: "nothing of it waits, and what a provider accepted cannot be recalled",
            next: "carillon event show \(event)"
        )
    }

    static func reasons(_ counts: JSONValue?) -> String {
        (counts?.object?.members ?? []).map { "\($0.name) \($0.value.int64 ?? 0)" }.joined(separator: ", ")
    }

    private static func number(_ object: JSONObject, _ name: String) -> Int64 { object[name]?.int64 ?? 0 }
}
