/// Goes up and down.
package final class Gauge: Metric {
    private let number = AtomicDouble()

    package func set(_ value: Double) { number.set(value) }

    package func add(_ amount: Double) { number.add(amount) }

    package var value: Double { number.value }

    package func render(_ description: MetricDescription, values: [String], into text: inout String) {
        description.renderSample(values: values, value, into: &text)
    }
}
