internal import Synchronization

/// Only grows, until the process ends.
package final class Counter: Metric {
    private let count = Atomic<UInt64>(0)

    package func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: UInt64 { count.load(ordering: .relaxed) }

    package func render(_ description: MetricDescription, values: [String], into text: inout String) {
        description.renderSample(values: values, Double(value), into: &text)
    }
}
