/// What an order about a whole event says of the pages that are still to be made.
package enum StandingOrder: Int, Sendable {
    case none = 0
    case hold = 1
    case drop = 2
    case expire = 3
    /// Never in the column: an event that has a withdrawal is bound by it, whatever the column says.
    case withdraw = 4
    /// As `withdraw`.
    case supersede = 5

    /// Applies it to a new page.
    ///
    /// - Returns: the slots that changed.
    package func bind(_ result: inout PageResult) -> [Int] {
        let verb: OrderVerb? =
            switch self {
            case .none: nil
            case .hold: .hold
            case .drop: .drop
            case .expire: .expire
            case .withdraw: .withdraw
            case .supersede: .supersede
            }
        guard let mark = verb?.mark else { return [] }
        let slots = (0..<result.count).filter { [.pending, .deferred].contains(result[$0].state) }
        for slot in slots { result[slot] = mark }
        return slots
    }
}
