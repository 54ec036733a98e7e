internal import Domain

/// Name, kind, help and labels of a metric, and how its lines are written.
package struct MetricDescription: Sendable {
    let name: String
    let kind: MetricKind
    let help: String
    let labels: [String]
    let labelSetsMax: Int

    func renderHead(into text: inout String) {
        text += "# HELP \(name) \(escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameters:
    ///   - suffix: `_bucket`, `_sum` or `_count` of a histogram.
    ///   - values: of the labels, in order.
    ///   - bound: the value of the label `le`.
    ///   - value: the sample.
    ///   - text: the exposition so far.
    func renderSample(
        _ suffix: String = "",
        values: [String],
        bound: String? = nil,
        _ value: Double,
        into text: inout String
    ) {
        text += name
        text += suffix
        var pairs = zip(labels, values).map { "\($0)=\"\(escape($1, quotes: true))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        if !pairs.isEmpty { text += "{" + pairs.joined(separator: ",") + "}" }
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction, as people expect to see a counter.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.magnitude < 1e15, value == value.rounded() { return "\(Int64(value))" }
        return "\(value)"
    }

    /// Backslash and line feed, and in label values the quote; in help texts a quote stands for itself.
    private func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            // The format knows no other escapes: a backslash of our own.
            case _ where scalar.isHidden: escaped += "\\" + String(scalar).escapingHidden()
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
