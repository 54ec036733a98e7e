/// A metric that is asked at each scrape.
struct ComputedMetric: MetricFamily {
    let description: MetricDescription
    let read: @Sendable () -> [Sample]

    func renderSamples(into text: inout String) {
        let samples = read()
        let isOver = samples.count > description.labelSetsMax
        let shown = isOver ? description.labelSetsMax - 1 : samples.count
        for sample in samples.prefix(shown) {
            precondition(sample.labels.count == description.labels.count, "\(description.name) has other labels.")
            description.renderSample(values: sample.labels, sample.value, into: &text)
        }
        guard isOver else { return }
        let rest = samples.dropFirst(shown).reduce(0) { $0 + $1.value }
        description.renderSample(values: description.labels.map { _ in "other" }, rest, into: &text)
    }
}

protocol MetricFamily: Sendable {
    var description: MetricDescription { get }
    func renderSamples(into text: inout String)
}

/// A metric with one label set.
package protocol Metric: Sendable {
    func render(_ description: MetricDescription, values: [String], into text: inout String)
}

package enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
