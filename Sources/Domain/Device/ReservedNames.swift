/// Names that no public host has: a person cannot be reached there.
package enum ReservedNames {
    /// RFC 2606 and 6761 (`test` to `localhost`), 6762 (`local`), 7686 (`onion`), 8375 (`home.arpa`); `internal` is ICANN's for private use,
    /// `lan` what home routers call theirs.
    private static let domains = [
        "test", "example", "invalid", "localhost", "local", "lan", "internal", "home.arpa", "onion", "example.com",
        "example.net",
        "example.org",
    ]

    /// Whether the host is one of them or below one, without regard to case.
    package static func contains(_ host: some StringProtocol) -> Bool {
        let name = host.lowercased()
        return domains.contains { name == $0 || name.utf8.reversed().starts(with: ("." + $0).utf8.reversed()) }
    }
}
