import Domain

/// The `sub` claim [RFC 8292 §2.1]: where the operator of a push service reaches a person. Apple answers 403 to one
/// that cannot be real, and then to every message, so it is checked before the first.
enum VAPIDSubject {
    private static let bytesMax = 256
    private static let localDomains: Set<String> = ["localhost", "local", "invalid", "internal", "localdomain"]

    /// `mailto:` with one address and nothing behind it, or an https URL; the host public by its name.
    static func isReachable(_ subject: String) -> Bool {
        guard subject.utf8.count <= bytesMax else { return false }
        if subject.hasPrefix("mailto:") {
            let parts = subject.dropFirst("mailto:".count).split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isLocalPartByte),
                let host = host(of: "https://\(parts[1])"), host == parts[1].lowercased()
            else { return false }
            return isPublic(host)
        }
        return subject.hasPrefix("https://") && host(of: subject).map(isPublic) ?? false
    }

    private static func host(of url: String) -> String? {
        do {
            return try PushEndpoint(url).host
        } catch {
            // Which rule it breaks is of no use to anybody: the subject is written once, by the operator.
            return nil
        }
    }

    private static func isPublic(_ host: String) -> Bool {
        let labels = host.split(separator: ".")
        guard labels.count > 1, let last = labels.last, last.utf8.contains(where: { (0x61...0x7A).contains($0) }) else {
            return false
        }
        return !host.hasPrefix("[") && !last.hasPrefix("0x") && !localDomains.contains(String(last))
    }

    /// `atext` and dots [RFC 5322 §3.2.3], without `%` and `?`, which mean something else in a URL.
    private static func isLocalPartByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$&'*+-/=^_`{|}~.".utf8.contains(byte)
        }
    }
}
