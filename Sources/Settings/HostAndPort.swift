/// A host and port to listen on.
package struct HostAndPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or address; an IPv6 address without brackets.
    package var host: String
    /// 0…65535; 0 lets the system choose.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// nil when the text is not `host:port` or `[address]:port`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(where: { ":[]".contains($0) }) {
            return nil
        }
        guard let port = WholeNumber.read(text[text.index(after: colon)...]), (0...65_535).contains(port),
            !host.isEmpty, !host.contains(where: \.isWhitespace)
        else { return nil }
        self.init(host: String(host), port: port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
