/// Bounds of the stages; `storage` of the configuration.
package struct DiskLimits: Hashable, Sendable {
    /// Below it nothing new is accepted: what was accepted before still needs space for its deliveries and outcomes.
    package static let hardBytes: Int64 = 32 << 20

    /// Soft is less than the larger of the two.
    package var softBytes: Int64 = 1_000_000_000
    package var softPercent: Int64 = 10
    /// A file that takes room so that it can be given back; 0: none.
    package var ballastBytes: Int64 = 32 << 20

    package init() {}

    /// `totalBytes`: size of the file system.
    package func softThreshold(totalBytes: Int64) -> Int64 { max(softBytes, totalBytes / 100 * softPercent) }

    /// `hasBallast`: without it the room it gave back does not count, or accepts would take it.
    package func hardThreshold(hasBallast: Bool) -> Int64 { Self.hardBytes + (hasBallast ? 0 : ballastBytes) }
}
