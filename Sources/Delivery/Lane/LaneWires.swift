import Domain
import FanOut
import Providers

/// How a lane's provider is spoken to: by the newest credential, and on connections from before a reload by the one they began with (Apple
/// binds a connection to the first key it sees).
struct LaneWires {
    private(set) var newest: any Wire
    private var replaced: any Wire
    /// Connections up to this one still use `replaced`, until they are retired.
    private var lastOfReplaced = ConnectionID(0)
    private var newestConnection = ConnectionID(0)

    init(_ wire: any Wire) {
        newest = wire
        replaced = wire
    }

    func wire(of connection: ConnectionID) -> any Wire { connection <= lastOfReplaced ? replaced : newest }

    mutating func opened(_ connection: ConnectionID) { newestConnection = max(newestConnection, connection) }

    mutating func closed(_ connection: ConnectionID) { wire(of: connection).forget(connection) }

    mutating func replace(_ wire: any Wire) {
        (replaced, lastOfReplaced) = (newest, newestConnection)
        newest = wire
    }
}
