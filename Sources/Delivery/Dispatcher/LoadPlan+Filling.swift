import Domain

/// A lane is filled in steps: what to read next is decided anew with what the one before has brought.
extension LoadPlan {
    /// One filling of a lane.
    struct Filling {
        fileprivate enum Stage { case begun, retries, pages }

        let lane: LaneID
        fileprivate var stage = Stage.begun

        init(_ lane: LaneID) { self.lane = lane }
    }

    enum Step {
        /// Look for so many due retries.
        case retries(most: Int)
        case page(Scheduler.Entry)
    }

    /// What to read now; nil: enough is loaded, or nothing may be. Retries come first, once; then page after page, since those whose event
    /// has ended load nothing.
    mutating func next(_ filling: inout Filling, _ demand: Demand) -> Step? {
        if filling.stage == .begun {
            guard wants(filling.lane, demand) else { return nil }
            filling.stage = .retries
        }
        if filling.stage == .retries {
            filling.stage = .pages
            if let most = retriesWanted(filling.lane, demand) { return .retries(most: most) }
        }
        return nextPage(filling.lane, demand).map(Step.page)
    }
}

extension LoadPlan.Demand {
    /// `loaded`: what it has and has not begun.
    init(_ condition: LaneCondition, loaded: Int, canRecord: Bool) {
        self.init(
            loaded: loaded,
            isActive: condition.isActive,
            isSendingAllowed: condition.isSendingAllowed,
            canRecord: canRecord
        )
    }
}
