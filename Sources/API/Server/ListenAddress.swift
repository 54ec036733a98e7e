/// Where a server listens: `host:port`, `[::1]:port`, or the absolute path of a Unix socket.
package enum ListenAddress: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// The longest path a socket address holds [unix(7)], without its end.
    package static let pathBytesMax = 107

    /// nil for anything else; port 0 lets the system choose.
    package init?(_ text: String) {
        if text.hasPrefix("/") {
            guard text.utf8.count <= Self.pathBytesMax, !text.hasSuffix("/"), !text.utf8.contains(0) else { return nil }
            self = .unix(path: text)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), port <= 65_535
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .tcp(host: String(host), port: port)
    }
}
