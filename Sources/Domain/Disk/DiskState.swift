/// The stage a disk is in. A stage is left only with a twentieth more room than it was entered with, so that a disk at the bound does not
/// go to and fro. Value type: what was measured comes in.
package struct DiskState: Hashable, Sendable {
    package struct Reading: Hashable, Sendable {
        package var freeBytes: Int64
        package var totalBytes: Int64
        package var hasBallast: Bool
        /// The store refuses outcomes.
        package var isBlocked: Bool

        package init(freeBytes: Int64, totalBytes: Int64, hasBallast: Bool, isBlocked: Bool) {
            self.freeBytes = freeBytes
            self.totalBytes = totalBytes
            self.hasBallast = hasBallast
            self.isBlocked = isBlocked
        }
    }

    package let limits: DiskLimits
    package private(set) var stage = DiskStage.ample

    package init(_ limits: DiskLimits) { self.limits = limits }

    /// - Returns: true when the stage is another than before.
    package mutating func look(_ reading: Reading) -> Bool {
        let before = stage
        let soft = limits.softThreshold(totalBytes: reading.totalBytes)
        let hard = limits.hardThreshold(hasBallast: reading.hasBallast)
        func isBelow(_ threshold: Int64, since stages: Set<DiskStage>) -> Bool {
            reading.freeBytes < (stages.contains(before) ? threshold + threshold / 20 : threshold)
        }
        if reading.isBlocked {
            stage = .blocked
        } else if isBelow(hard, since: [.hard, .blocked]) {
            stage = .hard
        } else if isBelow(soft, since: [.soft, .hard, .blocked]) {
            stage = .soft
        } else {
            stage = .ample
        }
        return stage != before
    }

    /// Whether there is room to make the ballast (again) without coming near the hard stage.
    package func hasRoomForBallast(_ reading: Reading) -> Bool {
        limits.ballastBytes > 0 && !reading.hasBallast && !reading.isBlocked
            && reading.freeBytes >= limits.hardThreshold(hasBallast: false) + 2 * limits.ballastBytes
    }
}
