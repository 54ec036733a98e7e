import FanOut
import Providers
import TestSupport
import Testing

@testable import Delivery

/// Which credential a connection is spoken to with while one takes the place of another.
struct LaneWiresTests {
    private let first = QuietWire()
    private let second = QuietWire()
    private let third = QuietWire()
    private var wires: LaneWires

    init() { wires = LaneWires(first) }

    private func wire(_ connection: UInt64) -> any Wire { wires.wire(of: ConnectionID(connection)) }

    @Test mutating func `a connection keeps the credential it began with, a new one has the newest`() {
        wires.opened(ConnectionID(1))
        wires.opened(ConnectionID(2))
        wires.replace(second)
        wires.opened(ConnectionID(3))
        #expect(wire(1) === first && wire(2) === first && wire(3) === second && wires.newest === second)
    }

    @Test mutating func `what was opened out of order is still known by its number`() {
        wires.opened(ConnectionID(5))
        wires.opened(ConnectionID(4))
        wires.replace(second)
        #expect(wire(5) === first && wire(6) === second)
    }

    @Test mutating func `a second reload before the first's connections are gone leaves them the one before`() {
        wires.opened(ConnectionID(1))
        wires.replace(second)
        wires.opened(ConnectionID(2))
        wires.replace(third)
        #expect(wire(2) === second && wire(3) === third)
        // Retired since the first reload: nothing new is sent on it.
        #expect(wire(1) === second)
    }

    @Test mutating func `whoever spoke on a connection forgets it when it closes`() {
        wires.opened(ConnectionID(1))
        wires.replace(second)
        wires.opened(ConnectionID(2))
        wires.closed(ConnectionID(1))
        wires.closed(ConnectionID(2))
        #expect(first.forgottenConnections == [ConnectionID(1)] && second.forgottenConnections == [ConnectionID(2)])
    }
}
