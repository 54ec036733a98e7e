/// Which addresses an endpoint's host may have. A host on the list of push services can still resolve to a machine of
/// ours, by mistake or by intent, so every address is checked when a connection is made, and the connection goes to the
/// address that was checked.
package enum AddressRules {
    /// Whether this is an address of the public internet that one machine has (global unicast): 4 bytes of IPv4 or 16
    /// of IPv6, network order. Anything else is not.
    package static func isPublic(_ address: [UInt8]) -> Bool {
        switch address.count {
        case 4: isPublicV4(address[...])
        case 16: isPublicV6(address)
        default: false
        }
    }

    /// All that the IANA registry of special-purpose addresses says is not globally reachable, multicast and what is
    /// reserved.
    private static let closedV4: [Block] = [
        Block([0], bits: 8),  // this network
        Block([10], bits: 8),  // private
        Block([100, 64], bits: 10),  // shared by a provider's customers (CGNAT)
        Block([127], bits: 8),  // loopback
        Block([169, 254], bits: 16),  // link-local, and the metadata service of clouds
        Block([172, 16], bits: 12),  // private
        Block([192, 0, 0], bits: 24),  // protocol assignments
        Block([192, 0, 2], bits: 24),  // documentation
        Block([192, 88, 99], bits: 24),  // 6to4 relays, withdrawn
        Block([192, 168], bits: 16),  // private
        Block([198, 18], bits: 15),  // benchmarking
        Block([198, 51, 100], bits: 24),  // documentation
        Block([203, 0, 113], bits: 24),  // documentation
        Block([224], bits: 4),  // multicast
        Block([240], bits: 4),  // reserved, and broadcast
    ]

    /// Global unicast is 2000::/3 [RFC 4291 §2.4]. What lies outside is closed as a whole: loopback, link-local,
    /// site-local, unique local, multicast, mapped and compatible IPv4, discard, local-use NAT64 (64:ff9b:1::/48).
    private static let openV6 = Block([0x20], bits: 3)

    private static let closedV6: [Block] = [
        // Protocol assignments: Teredo (2001::/32), benchmarking, ORCHID. A tunnel hides an IPv4 address that we would
        // not call, and no push service lives behind one.
        Block([0x20, 0x01, 0x00], bits: 23),
        Block([0x20, 0x01, 0x0D, 0xB8], bits: 32),  // documentation
        Block([0x20, 0x02], bits: 16),  // 6to4, as Teredo
        Block([0x3F, 0xFF, 0x00], bits: 20),  // documentation [RFC 9637]
    ]

    /// NAT64's well-known prefix [RFC 6052 §2.1]: what DNS64 answers for every IPv4 host in a network without IPv4, so
    /// it is open when the IPv4 address in its last four bytes is.
    private static let nat64 = Block([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], bits: 96)

    private static func isPublicV4(_ address: ArraySlice<UInt8>) -> Bool {
        !closedV4.contains { $0.contains(address) }
    }

    private static func isPublicV6(_ address: [UInt8]) -> Bool {
        if nat64.contains(address[...]) { return isPublicV4(address[12...]) }
        return openV6.contains(address[...]) && !closedV6.contains { $0.contains(address[...]) }
    }

    /// The addresses that begin with the same bits.
    private struct Block {
        var start: [UInt8]
        var bits: Int

        init(_ start: [UInt8], bits: Int) {
            precondition(start.count == (bits + 7) / 8, "A block is written with the bytes its length reaches into.")
            self.start = start
            self.bits = bits
        }

        func contains(_ address: ArraySlice<UInt8>) -> Bool {
            for (index, (own, other)) in zip(start, address).enumerated() {
                let compared = min(8, bits - index * 8)
                let mask = compared >= 8 ? 0xFF : ~(UInt8(0xFF) >> UInt8(compared))
                if (own ^ other) & mask != 0 { return false }
            }
            return true
        }
    }
}
