extension String {
    /// One of the schemes, then a host of printable ASCII.
    package func isURL(schemes: [String]) -> Bool {
        guard let scheme = schemes.first(where: { hasPrefix($0) }), utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            return false
        }
        let authority = dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard let first = host.first, first != ":" else { return false }
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return true }
        return WholeNumber.read(host[host.index(after: colon)...]).map { (1...65_535).contains($0) } ?? false
    }

    var isOnLoopback: Bool {
        ["://127.0.0.1", "://localhost", "://[::1]"].contains { contains($0) }
    }

    package var isHostLike: Bool {
        utf8.count <= 255 && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
    }
}
