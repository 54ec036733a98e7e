package import Telemetry

/// What lanes and their dispatcher measure, resolved once. Labels are bounded: never a token, a user or an event.
package struct DispatchMetrics: Sendable {
    package let deliveries: Family<Counter>
    package let deliverySeconds: Family<Histogram>
    package let eventToProviderSeconds: Family<Histogram>
    package let tokensDisabled: Family<Counter>
    package let ambiguous: Family<Counter>
    package let lanesRefused: Family<Counter>
    /// nil: nobody traces.
    package var spans: EventSpans?

    package init(_ registry: MetricRegistry) {
        deliveries = registry.counter(
            "deliveries_total",
            help: "Deliveries that ended, by outcome.",
            labels: ["lane", "outcome"],
            // Every push service may have a lane.
            labelSetsMax: 1000
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
        lanesRefused = registry.counter(
            "lanes_refused_total",
            help: "Push services that got no lane, because too many others have one.",
            labels: ["provider"]
        )
    }
}
