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
