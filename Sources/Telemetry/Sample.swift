/// One value of a computed gauge.
package struct Sample: Sendable {
    package let labels: [String]
    package let value: Double

    package init(_ labels: [String] = [], _ value: Double) {
        self.labels = labels
        self.value = value
    }
}
