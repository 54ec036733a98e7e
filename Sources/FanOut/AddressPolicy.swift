/// Which addresses a lane may connect to. For hosts that somebody outside has named (Web Push endpoints): checked are the very
/// addresses that are then connected to, so a name that changes its address between check and use gains nothing.
package enum AddressPolicy: Sendable {
    case any
    /// All addresses of the host (the first 16; more are never used) must pass, or none is used. Called on a resolver's thread, before each connection.
    case check(@Sendable (ResolvedAddress) -> Bool)

    func allows(_ addresses: [SocketAddress]) -> Bool {
        guard case .check(let passes) = self else { return true }
        return addresses.allSatisfy { $0.resolved.map(passes) ?? false }
    }
}
