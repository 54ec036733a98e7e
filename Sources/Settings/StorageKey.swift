import Domain

/// One key for what the stores keep: of targets at rest, or of the audit log.
package struct StorageKey: Sendable, Equatable {
    /// At most 32 bytes, stored beside what the key sealed.
    package var id: String
    /// 32 bytes.
    package var key: Secret

    /// nil when the line is not `<id>:<base64 of 32 bytes>`.
    package init?(line: some StringProtocol) {
        guard let colon = line.firstIndex(of: ":"), (1...32).contains(line[..<colon].utf8.count),
            let bytes = Base64.decode(line[line.index(after: colon)...]), bytes.count == 32
        else { return nil }
        id = String(line[..<colon])
        key = Secret(bytes)
    }
}
