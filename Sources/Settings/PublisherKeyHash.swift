package import Domain

/// A publisher key as it is kept: never the key itself.
package struct PublisherKeyHash: Hashable, Sendable {
    package var id: String
    /// SHA-256 of the key's text (`cpk_…`), 32 bytes.
    package var sha256: [UInt8]
    /// When it ends; nil: never by itself.
    package var until: Instant?

    /// nil when the line is not `<key id> sha256:<64 hex digits>`, with `until=<RFC 3339>` behind where the key ends.
    package init?(line: some StringProtocol) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard (2...3).contains(words.count), words[0].utf8.count <= 64, words[1].hasPrefix("sha256:"),
            let hash = Hex.bytes(words[1].dropFirst(7)), hash.count == 32
        else { return nil }
        id = String(words[0])
        sha256 = hash
        guard words.count == 3 else { return }
        guard words[2].hasPrefix("until="), let end = Instant(rfc3339: String(words[2].dropFirst(6))) else {
            return nil
        }
        until = end
    }

    /// The line of the file.
    package var line: String {
        "\(id) sha256:\(Hex.text(sha256))"
            + (until.map { " until=\($0.rfc3339)" } ?? "")
    }
}
