import Domain

/// A request body rendered once per event and text variant, with gaps for what differs from delivery to delivery.
package struct BodyTemplate: Sendable {
    enum Gap: Sendable {
        /// FCM's target member with its key, `"token":"…"` or `"fid":"…"`.
        case target
        /// The ENT user id, inside quotes.
        case receiver
        /// 32 hexadecimal characters.
        case collapseID
        /// Whole seconds from now, at most 7 digits.
        case timeToLive
        /// Seconds since 1970, at most 11 digits.
        case expiration
        /// What only the device can read, base64url.
        case encrypted
    }

    /// A gap and where in ``bytes`` it stands.
    struct Position: Sendable {
        var gap: Gap
        var offset: Int
    }

    /// The constant parts, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// In the order of the body.
    private(set) var positions: [Position] = []

    /// A record of the largest plaintext in base64url.
    private static let encryptedBytesMax =
        (EncryptedBody.plaintextBytesMax + WebPushEncryption.headerBytes + 17) * 4 / 3 + 4

    package init() {}

    mutating func literal(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The quoted and escaped string.
    mutating func string(_ text: String) {
        JSONWriter.append(text, to: &bytes)
    }

    mutating func gap(_ gap: Gap) {
        positions.append(Position(gap: gap, offset: bytes.count))
    }

    /// Bytes of a body whose gaps are filled to their bounds, the target's own value left out.
    func bytesMax(limits: Limits) -> Int {
        positions.reduce(bytes.count) { total, position in
            switch position.gap {
            case .target: total + #""token":"""#.utf8.count
            case .receiver: total + limits.userIDBytesMax
            case .collapseID: total + 32
            case .timeToLive: total + 7
            case .expiration: total + 11
            case .encrypted: total + Self.encryptedBytesMax
            }
        }
    }
}
