import Glibc

/// The proxies whose `X-Forwarded-For` counts; anybody else's is a claim.
package struct TrustedProxies: Hashable, Sendable {
    private let addresses: Set<[UInt8]>

    /// A proxy on the same machine.
    package static let loopback = TrustedProxies(["127.0.0.1", "::1"])

    /// - Parameter addresses: IPv4 or IPv6, without port; what is no address is left out (the settings have refused it).
    package init(_ addresses: [String]) { self.addresses = Set(addresses.compactMap(Self.bytes)) }

    package static func isAddress(_ text: String) -> Bool { bytes(text) != nil }

    func contains(_ address: String) -> Bool { Self.bytes(address).map(addresses.contains) ?? false }

    /// Whose request it is: the peer, or what a trusted peer says, read from the end as each proxy appends its own peer.
    func client(peer: String, forwardedFor field: String?) -> String {
        guard contains(peer), let field else { return peer }
        for part in field.utf8.split(separator: UInt8(ascii: ",")).reversed() {
            let text = String(Substring(part).trimmingSpaces)
            guard Self.isAddress(text) else { return peer }
            if !contains(text) { return text }
        }
        return peer
    }

    /// What one party holds: an IPv4 address, or the /64 of an IPv6 address, all of which one line has.
    static func key(_ address: String) -> String {
        guard let bytes = bytes(address) else { return address }
        let share = bytes.count == 16 ? bytes.prefix(8) : bytes[...]
        return share.map { String($0, radix: 16) }.joined(separator: bytes.count == 16 ? ":" : ".")
    }

    /// 4 or 16 bytes; an IPv4 address mapped into IPv6 is itself.
    private static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: sixteen) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let bytes = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        guard let last = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return "" }
        return Substring(bytes[...last])
    }
}
