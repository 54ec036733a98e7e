internal import Synchronization

/// Counts observations by upper bound.
///
/// A scrape in the middle of an observation may see its bucket and not yet its sum; the count is that of the buckets shown.
package final class Histogram: Metric {
    /// From a fast commit to a slow provider: 1 ms to 60 s.
    package static let secondsBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    private let bounds: [Double]
    private let counts: [Cell]
    private let sum = AtomicDouble()

    init(buckets: [Double]) {
        bounds = buckets
        counts = (0...buckets.count).map { _ in Cell() }
    }

    package func observe(_ value: Double) {
        // Linear: the bounds are few, and the small ones, which come first, are the frequent ones.
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    /// Observes a duration in seconds.
    package func observe(_ duration: Duration) {
        let parts = duration.components
        observe(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
    }

    package func render(_ description: MetricDescription, values: [String], into text: inout String) {
        var total: UInt64 = 0
        for (index, cell) in counts.enumerated() {
            total += cell.count.load(ordering: .relaxed)
            let bound = index < bounds.count ? MetricDescription.number(bounds[index]) : "+Inf"
            description.renderSample("_bucket", values: values, bound: bound, Double(total), into: &text)
        }
        description.renderSample("_sum", values: values, sum.value, into: &text)
        description.renderSample("_count", values: values, Double(total), into: &text)
    }

    /// An atomic cannot stand in an array by itself.
    private final class Cell: Sendable {
        let count = Atomic<UInt64>(0)
    }
}
