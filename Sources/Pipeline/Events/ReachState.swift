import Domain
package import Store

/// What the rows of reach are asked for: `?state=` and `--state`.
package enum ReachState: String, CaseIterable, Sendable {
    case reached
    case waiting
    case notReached

    package func holds(for standing: EventReport.Standing) -> Bool { EventStatus.words(standing).state == rawValue }
}
