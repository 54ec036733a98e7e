/// Scheme, host and port of an http or https URL, as they are compared: lower case, without the scheme's own port [RFC 6454 §4].
package enum WebOrigin {
    /// nil for what is no such URL, or carries user information.
    package static func of(_ url: String) -> String? { split(url)?.origin }

    /// What is left of an absolute URL of one of these origins: path, query and fragment. nil for every other address, and where the rest
    /// would name a host itself.
    package static func relative(_ url: String, to origins: Set<String>) -> String? {
        guard !origins.isEmpty, let (origin, rest) = split(url), origins.contains(origin) else { return nil }
        let path = rest.first == "/" ? String(rest) : "/" + rest
        return path.hasPrefix("//") || path.hasPrefix("/\\") ? nil : path
    }

    private static func split(_ url: String) -> (origin: String, rest: Substring)? {
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https", url[colon...].hasPrefix("://") else { return nil }
        let start = url.index(colon, offsetBy: 3)
        let end = url[start...].utf8.firstIndex { [0x2F, 0x3F, 0x23, 0x5C].contains($0) } ?? url.endIndex
        var authority = url[start..<end].lowercased()
        guard !authority.isEmpty, !authority.utf8.contains(UInt8(ascii: "@")) else { return nil }
        let usual = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(usual) { authority.removeLast(usual.utf8.count) }
        return ("\(scheme)://\(authority)", url[end...])
    }
}
