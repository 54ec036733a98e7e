import Domain

/// A bulk order about dead letters only.
protocol DeadOrderCommand: BulkOrderCommand {}

extension DeadOrderCommand {
    func validate() throws { try DeadList.refuseStates(bulk.filters) }

    func words() throws -> FilterWords {
        var words = bulk.filters.words
        // Named deliveries say themselves which; everything else is about the dead.
        guard bulk.order.ids.isEmpty else { return words }
        guard !words.isEmpty else {
            throw OperatorError(.refused, say("an order without a filter would be about every dead letter"))
        }
        words[.state] = ["dead"]
        return words
    }
}
