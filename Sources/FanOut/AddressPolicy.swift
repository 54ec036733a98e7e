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

/// An address as a policy sees it.
package struct ResolvedAddress: Sendable, Equatable {
    package enum Family: Sendable {
        case ipv4, ipv6
    }

    /// An IPv4 address written in IPv6 (`::ffff:a.b.c.d`) is `ipv4`: the kernel treats it as such.
    package let family: Family
    /// 4 or 16, in network order.
    package let bytes: [UInt8]

    package init(family: Family, bytes: [UInt8]) {
        self.family = family
        self.bytes = bytes
    }
}
