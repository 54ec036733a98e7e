internal import Synchronization

/// All metrics of the process, rendered as Prometheus text.
///
/// Metrics are made once, at assembly; a *handle* (`Counter`, `Gauge`, `Histogram`) is resolved once per label set and is
/// then wait-free: the hot path never meets a lock. Making the same metric twice returns the same one.
package final class MetricRegistry: Sendable {
    private let prefix: String
    private let families: Mutex<[String: any MetricFamily]>

    /// - Parameter prefix: put before every name, e.g. `carillon_`.
    package init(prefix: String) {
        precondition(prefix.isEmpty || isMetricName(prefix), "A prefix is the beginning of a Prometheus name.")
        self.prefix = prefix
        families = Mutex([:])
    }

    /// A count that only grows; the name ends in `_total`.
    ///
    /// - Parameters:
    ///   - name: without the prefix.
    ///   - help: one sentence for the reader of a dashboard.
    ///   - labels: names of the labels, in the order of `Family.with`.
    ///   - labelSetsMax: label sets kept; those beyond it share the one whose values are all `other`.
    /// - Returns: the family of counters, one for each label set.
    package func counter(
        _ name: String,
        help: String,
        labels: [String] = [],
        labelSetsMax: Int = 100
    ) -> Family<Counter> {
        precondition(name.hasSuffix("_total"), "The name of a counter ends in _total.")
        return family(name, .counter, help, labels, labelSetsMax) { Counter() }
    }

    /// A value that goes up and down.
    ///
    /// - Parameters: as `counter`.
    package func gauge(_ name: String, help: String, labels: [String] = [], labelSetsMax: Int = 100) -> Family<Gauge> {
        family(name, .gauge, help, labels, labelSetsMax) { Gauge() }
    }

    /// A distribution, in base units (seconds, bytes).
    ///
    /// - Parameters: as `counter`; `buckets` are the upper bounds, ascending, without `+Inf`.
    package func histogram(
        _ name: String,
        help: String,
        buckets: [Double] = Histogram.secondsBuckets,
        labels: [String] = [],
        labelSetsMax: Int = 100
    ) -> Family<Histogram> {
        precondition(
            zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 } && buckets.allSatisfy(\.isFinite),
            "The buckets of a histogram are finite and ascend."
        )
        precondition(!labels.contains("le"), "The label le belongs to the histogram.")
        return family(name, .histogram, help, labels, labelSetsMax) { Histogram(buckets: buckets) }
    }

    /// A gauge computed at each scrape; `read` is quick and blocks on nothing.
    ///
    /// - Parameters:
    ///   - name: without the prefix.
    ///   - help: one sentence.
    ///   - labels: names of the labels.
    ///   - labelSetsMax: samples shown; the values of those beyond it are added up as `other`.
    ///   - read: the samples of this moment, each with as many label values as there are labels.
    package func gauge(
        _ name: String,
        help: String,
        labels: [String] = [],
        labelSetsMax: Int = 100,
        read: @escaping @Sendable () -> [Sample]
    ) {
        compute(describe(name, .gauge, help, labels, labelSetsMax), read)
    }

    /// A count somebody else keeps, asked for at each scrape; `read` is quick and blocks on nothing.
    package func counter(_ name: String, help: String, read: @escaping @Sendable () -> [Sample]) {
        precondition(name.hasSuffix("_total"), "The name of a counter ends in _total.")
        compute(describe(name, .counter, help, [], 1), read)
    }

    private func compute(_ description: MetricDescription, _ read: @escaping @Sendable () -> [Sample]) {
        let computed = ComputedMetric(description: description, read: read)
        families.withLock { $0[description.name] = computed }
    }

    /// What every process has, has the same name everywhere.
    private func full(_ name: String) -> String { name.hasPrefix("process_") ? name : prefix + name }

    /// The exposition in text format 0.0.4, sorted by name
    /// [prometheus.io/docs/instrumenting/exposition_formats].
    package func render() -> String {
        let sorted = families.withLock { $0.sorted { $0.key < $1.key } }
        var text = ""
        for (_, family) in sorted {
            family.description.renderHead(into: &text)
            family.renderSamples(into: &text)
        }
        return text
    }

    /// The Content-Type of `render()`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private func family<M: Metric>(
        _ name: String,
        _ kind: MetricKind,
        _ help: String,
        _ labels: [String],
        _ labelSetsMax: Int,
        make: @escaping @Sendable () -> M
    ) -> Family<M> {
        let description = describe(name, kind, help, labels, labelSetsMax)
        return families.withLock { families in
            if let known = families[description.name] {
                guard let same = known as? Family<M>, same.description.labels == labels else {
                    preconditionFailure("\(name) is made twice with different kinds or labels.")
                }
                return same
            }
            let family = Family<M>(description: description, make: make)
            families[description.name] = family
            return family
        }
    }

    private func describe(
        _ name: String,
        _ kind: MetricKind,
        _ help: String,
        _ labels: [String],
        _ labelSetsMax: Int
    ) -> MetricDescription {
        precondition(isMetricName(full(name)), "\(name) is no Prometheus name.")
        precondition(
            labels.allSatisfy { isMetricName($0) && !$0.contains(":") },
            "\(name) has a label that is no name."
        )
        return MetricDescription(
            name: full(name),
            kind: kind,
            help: help,
            labels: labels,
            labelSetsMax: labelSetsMax
        )
    }
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
private func isMetricName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            || $0 == 0x3A
    }
}
