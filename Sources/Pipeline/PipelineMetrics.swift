package import Telemetry

/// The metrics of the services, resolved once. Labels are bounded: never a token, a user or an event.
package struct PipelineMetrics: Sendable {
    package let registry: MetricRegistry
    package let eventsAccepted: Family<Counter>
    package let eventsUnresolved: Family<Counter>
    package let eventsUrgent: Family<Counter>
    package let acceptSeconds: Histogram
    package let storeCommitSeconds: Histogram
    package let unreadableRows: Family<Counter>
    package let callbacks: Family<Counter>
    package let imports: Family<Counter>
    /// nil: nobody traces.
    package var spans: EventSpans?

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
        eventsUrgent = registry.counter(
            "urgent_events_total",
            help: "Accepted events that ring through quiet hours by their publisher's right.",
            labels: ["publisher"]
        )
        acceptSeconds = registry.histogram(
            "accept_duration_seconds",
            help: "From the parsed request to the durable commit."
        ).with()
        unreadableRows = registry.counter(
            "unreadable_rows_total",
            help: "Rows of the store that could not be read, each once since the start.",
            labels: ["table"]
        )
        callbacks = registry.counter(
            "callbacks_total",
            help: "Attempts to tell a publisher how an event stands; outcome: accepted, deferred, dead.",
            labels: ["publisher", "outcome"]
        )
        imports = registry.counter(
            "imports_total",
            help: "Deliveries of the directory, by feed, format and state: applied, planned, held, failed.",
            labels: ["feed", "format", "state"],
            labelSetsMax: 1000
        )
        storeCommitSeconds = registry.histogram("store_commit_seconds", help: "COMMIT of the queue, fsync included.")
            .with()
    }
}
