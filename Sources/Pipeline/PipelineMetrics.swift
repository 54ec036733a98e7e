package import Telemetry

/// The metrics of the services, resolved once. Labels are bounded: never a token, a user or an event.
package struct PipelineMetrics: Sendable {
    package let registry: MetricRegistry
    package let eventsAccepted: Family<Counter>
    package let eventsUnresolved: Family<Counter>
    package let acceptSeconds: Histogram
    package let deliveries: Family<Counter>
    package let deliverySeconds: Family<Histogram>
    package let eventToProviderSeconds: Family<Histogram>
    package let tokensDisabled: Family<Counter>
    package let ambiguous: Family<Counter>
    package let storeCommitSeconds: Histogram
    package let unreadableRows: Family<Counter>

    package init(_ registry: MetricRegistry) {
        self.registry = registry
        eventsAccepted = registry.counter(
            "events_accepted_total",
            help: "Events whose commit is on the disk.",
            labels: ["publisher", "app"]
        )
        eventsUnresolved = registry.counter(
            "events_unresolved_total",
            help: "Accepted events that name something the directory does not know.",
            labels: ["publisher"]
        )
        acceptSeconds = registry.histogram(
            "accept_duration_seconds",
            help: "From the parsed request to the durable commit."
        ).with()
        deliveries = registry.counter(
            "deliveries_total",
            help: "Deliveries that ended, by outcome.",
            labels: ["lane", "outcome"]
        )
        deliverySeconds = registry.histogram(
            "delivery_duration_seconds",
            help: "From request to answer of the provider.",
            labels: ["lane"]
        )
        eventToProviderSeconds = registry.histogram(
            "event_to_provider_seconds",
            help: "From acceptance of the event to the provider's acceptance.",
            labels: ["urgency"]
        )
        tokensDisabled = registry.counter(
            "tokens_disabled_total",
            help: "Device targets taken out of use.",
            labels: ["lane", "reason"]
        )
        ambiguous = registry.counter(
            "ambiguous_total",
            help: "Answers lost after the request may have been processed.",
            labels: ["lane"]
        )
        unreadableRows = registry.counter(
            "unreadable_rows_total",
            help: "Rows of the store that could not be read, each once since the start.",
            labels: ["table"]
        )
        storeCommitSeconds = registry.histogram("store_commit_seconds", help: "COMMIT of the queue, fsync included.")
            .with()
    }
}
