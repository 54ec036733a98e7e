import Contract
package import Domain
import Synchronization
package import Telemetry

/// How the consumer of the broker is: for `/healthz`, and counted.
package final class BrokerStatus: Sendable {
    private let link: Mutex<BrokerLink>
    private let time: TimeSource
    private let publisher: String
    private let messages: Family<Counter>
    private let dropped: Family<Counter>
    private let isConnected: Family<Gauge>
    private let since: Family<Gauge>

    /// `publisher`: for whom the subject speaks; nil: there is no broker, and its metrics have no series.
    package init(_ metrics: MetricRegistry, publisher: String?, time: TimeSource) {
        self.time = time
        self.publisher = publisher ?? ""
        link = Mutex(BrokerLink(now: time.now()))
        messages = metrics.counter(
            "nats_messages_total",
            help:
                "Messages of the broker by their end: accepted, duplicate, refused, deferred (it comes again), lost (nobody kept it), with the problem's code.",
            labels: ["publisher", "end", "code"],
            labelSetsMax: 1000
        )
        dropped = metrics.counter(
            "nats_dropped_total",
            help: "Messages that came faster than they were taken, and were dropped unread.",
            labels: ["publisher"]
        )
        isConnected = metrics.gauge(
            "nats_connected",
            help: "1 while the broker is connected.",
            labels: ["publisher"]
        )
        since = metrics.gauge(
            "nats_connected_since_timestamp_seconds",
            help: "Since when the broker is connected; nothing while it is not.",
            labels: ["publisher"]
        )
        guard let publisher else { return }
        isConnected.with(publisher).set(0)
    }

    /// A sentence while a person should look; nil otherwise.
    package var alarm: String? { link.withLock(\.alarm) }

    func connected() {
        let now = time.now()
        link.withLock { $0.connected(now: now) }
        isConnected.with(publisher).set(1)
        since.show([Sample([publisher], Double(now.seconds))])
    }

    /// As ``BrokerLink/ended(_:now:share:)``; `isNews`: it was connected until now, or says so for the first time.
    func ended(_ reason: String) -> (wait: Duration, isNews: Bool) {
        let (wait, isNews) = link.withLock { link in
            let before = link.alarm
            let wait = link.ended(reason, now: time.now(), share: .random(in: 0...1))
            return (wait, before != link.alarm)
        }
        isConnected.with(publisher).set(0)
        since.show([])
        return (wait, isNews)
    }

    func count(_ end: MessageEnd, isKept: Bool) {
        messages.with(publisher, end.word(isKept: isKept), end.code?.rawValue ?? "").add()
    }

    func count(dropped count: Int) { dropped.with(publisher).add(UInt64(count)) }
}
