/// The parts of a push endpoint that decide whether we may call it; its text is kept as it came.
package struct PushEndpoint: Hashable, Sendable {
    /// Lower case; a bracketed address keeps its brackets.
    package var host: String
    package var port: Int
    /// Path and query, at least `/`.
    package var path: String

    /// Host and, unless it is 443, port: `:authority`.
    package var authority: String { port == 443 ? host : "\(host):\(port)" }
    /// `https://` and the authority, without a slash behind it [RFC 6454 §6.2].
    package var origin: String { "https://" + authority }

    /// Why a text is no endpoint we may call.
    package enum Fault: String, Error, Hashable, Sendable {
        case tooLong, notURL, notHTTPS, userInformation, fragment, addressLiteral, port, hostNotAllowed, path

        /// A sentence without the endpoint.
        package var sentence: String {
            switch self {
            case .tooLong: "The endpoint is too long."
            case .notURL: "The endpoint is not an absolute URL of a host."
            case .notHTTPS: "The endpoint is not https."
            case .userInformation: "The endpoint carries user information."
            case .fragment: "The endpoint carries a fragment."
            case .addressLiteral: "The endpoint names an address instead of a public host."
            case .port: "The endpoint's port is not allowed."
            case .hostNotAllowed: "The endpoint's host is not on the list of push services."
            case .path: "The endpoint's path is not one of this push service's subscriptions."
            }
        }
    }

    /// Reads `https://host[:port]/path` [RFC 3986], stricter than a browser: printable ASCII, no user information, no fragment, no
    /// encoded or empty host. Whether host and port are allowed is its provider's word.
    package init(_ text: String) throws(Fault) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.forbidden.contains($0) }) else {
            throw .notURL
        }
        guard let mark = text.firstRange(of: "://") else { throw .notURL }
        guard text[..<mark.lowerBound].lowercased() == "https" else { throw .notHTTPS }
        guard !text.utf8.contains(UInt8(ascii: "#")) else { throw .fragment }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInformation }
        guard let (host, port) = Self.split(authority) else { throw .notURL }
        let path = rest[authority.endIndex...]
        self.host = host
        self.port = port ?? 443
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
    }

    /// `"<>\^`{|}`: never in a URL, and a backslash is a slash to some parsers.
    private static let forbidden: Set<UInt8> = Set("\"<>\\^`{|}".utf8)

    /// Host in lower case and the port when one is written; nil for anything else, an empty port too.
    package static func split(_ authority: some StringProtocol) -> (host: String, port: Int?)? {
        let text = authority.lowercased()
        var host = text[...]
        var port: Int?
        let colon = text.lastIndex(of: ":")
        if let colon, !text[colon...].contains("]") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { return nil }
            host = text[..<colon]
            port = number
        }
        guard isHost(host) else { return nil }
        return (String(host), port)
    }

    /// A name of letters, digits and hyphens, or something in brackets.
    private static func isHost(_ host: Substring) -> Bool {
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        if host.hasPrefix("[") {
            return host.hasSuffix("]")
                && host.dropFirst().dropLast().utf8.allSatisfy { Hex.value($0) != nil || $0 == 0x3A || $0 == 0x2E }
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
                }
        }
    }

    /// An IPv4 or IPv6 address in any form a resolver takes (`2130706433`, `0x7f.1`), or a name that is none in public.
    package var isLiteralOrLocal: Bool {
        guard !host.hasPrefix("["), let last = host.split(separator: ".").last, host.contains(".") else { return true }
        // A host whose last label is a number is an IPv4 address [WHATWG URL, ends-in-a-number checker].
        if last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || last.hasPrefix("0x") { return true }
        return ["localhost", "local", "internal", "localdomain"].contains(String(last))
    }
}
