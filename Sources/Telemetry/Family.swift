internal import Synchronization

/// All label sets of one metric.
package final class Family<M: Metric>: Sendable {
    let description: MetricDescription
    private let make: @Sendable () -> M
    private let metrics: Mutex<[[String]: M]>

    init(description: MetricDescription, make: @escaping @Sendable () -> M) {
        self.description = description
        self.make = make
        // Without labels there is one metric, shown from the start: a rate needs its zero.
        metrics = Mutex(description.labels.isEmpty ? [[]: make()] : [:])
    }

    /// The metric of this label set, to be kept by whoever counts often; this look-up takes a lock.
    ///
    /// - Parameter values: one for each label, in order. Never a token, a user or an event.
    /// - Returns: the metric; above the limit of label sets, the one whose values are all `other`.
    package func with(_ values: String...) -> M {
        precondition(values.count == description.labels.count, "\(description.name) has other labels.")
        return metrics.withLock { metrics in
            if let known = metrics[values] { return known }
            let key = metrics.count < description.labelSetsMax ? values : values.map { _ in "other" }
            if let known = metrics[key] { return known }
            let made = make()
            metrics[key] = made
            return made
        }
    }
}

extension Family where M == Gauge {
    /// These series and no others: one that is not named is gone, instead of keeping its last value. Above the limit of label sets the values of
    /// the rest are added up as `other`.
    package func show(_ samples: [Sample]) {
        metrics.withLock { metrics in
            var shown: [[String]: M] = [:]
            for sample in samples {
                precondition(sample.labels.count == description.labels.count, "\(description.name) has other labels.")
                let isBeyond = shown.count >= description.labelSetsMax && shown[sample.labels] == nil
                let key = isBeyond ? sample.labels.map { _ in "other" } : sample.labels
                if let other = shown[key] {
                    other.add(sample.value)
                    continue
                }
                let gauge = metrics[key] ?? make()
                gauge.set(sample.value)
                shown[key] = gauge
            }
            metrics = shown
        }
    }
}

extension Family: MetricFamily {
    func renderSamples(into text: inout String) {
        let sorted = metrics.withLock { $0.sorted { $0.key.lexicographicallyPrecedes($1.key) } }
        for (values, metric) in sorted { metric.render(description, values: values, into: &text) }
    }
}
