package import Domain

/// A page about to be made.
package struct NewPage: Sendable {
    package var lane: LaneID
    package var tag: Int64
    package var plan: Plan
    /// All pending for a provider's lane; terminal from the start on lane 0, for suspects and for what has expired.
    package var result: PageResult
    /// Where quiet hours hold up every slot of the page, which is then deferred: until when, slot by slot. Empty for other pages.
    package var waits: [QuietWait]

    package init(lane: LaneID, tag: Int64, plan: Plan, result: PageResult, waits: [QuietWait] = []) {
        self.lane = lane
        self.tag = tag
        self.plan = plan
        self.result = result
        self.waits = waits
    }
}
