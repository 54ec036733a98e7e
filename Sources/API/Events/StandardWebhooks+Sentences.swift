import Domain

extension StandardWebhooks.Fault {
    /// What is wrong, for the developer who signs. Quotes no secret and no signature.
    ///
    /// - Parameters:
    ///   - timestamp: what was signed, seconds since 1970; at most twelve digits.
    ///   - now: our clock.
    /// - Returns: the rest of a sentence, and its advice.
    func sentence(timestamp: Int64?, now: Instant?) -> String {
        switch self {
        case .missingHeader:
            return
                "webhook-id, webhook-timestamp and webhook-signature come together, and one of them is missing or empty."
        case .malformedID: return "webhook-id holds a dot, which separates the parts that are signed."
        case .malformedTimestamp:
            return "webhook-timestamp is not seconds since 1970 in digits; milliseconds and dates are not taken."
        case .tooOld, .tooNew:
            guard let timestamp, let now else { return "webhook-timestamp is too far from the clock here." }
            let distance = abs(now.seconds - timestamp)
            let side = self == .tooOld ? "behind" : "ahead of"
            let tolerance = StandardWebhooks.tolerance.components.seconds
            return "webhook-timestamp says \(Self.clock(timestamp)), \(distance) s \(side) the clock here, which says "
                + "\(Self.clock(now.seconds)); at most \(tolerance) s are taken. Sign anew at each try, and set both clocks by NTP."
        case .noKnownVersion: return "webhook-signature holds no signature of version 1 (v1, then a comma and base64)."
        case .mismatch:
            return
                "no secret of a publisher here makes it of webhook-id, webhook-timestamp and the bytes of the body as they "
                + "came, joined by dots; whsec_ is no part of the secret, and what follows it is base64."
        }
    }

    /// A date where it is one: what was signed may lie beyond all calendars.
    private static func clock(_ seconds: Int64) -> String {
        seconds < 253_402_300_800 ? "\(seconds) (\(Instant(seconds: seconds).rfc3339))" : "\(seconds)"
    }
}
