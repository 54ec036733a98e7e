import CVersion
import Telemetry

/// What this executable is.
enum Version {
    static let current = "0.1.0"
    /// Of a release; "unknown" of a build by hand.
    static let commit = String(cString: carillon_commit())

    /// For `--version`.
    static var sentence: String { commit == "unknown" ? current : "\(current) (commit \(commit))" }

    /// A series that is always 1, for its labels.
    static func describe(to metrics: MetricRegistry) {
        metrics.gauge("build_info", help: "What runs.", labels: ["version", "commit"]).with(current, commit).set(1)
    }
}
