internal import CNGHTTP2

/// What a GOAWAY says, for people and for the breaker. The bytes are the peer's: nothing in them is trusted.
package enum GoAwayText {
    /// The reason in the debug data: the member "reason" of a JSON object (APNs: `{"reason":"Shutdown"}`), else the text itself
    /// (FCM: `session_timed_out`), nil when there is none. At most 200 characters, printable ASCII only.
    package static func reason(in debugData: [UInt8]) -> String? {
        let text = jsonReason(debugData) ?? debugData[...]
        let shown = text.prefix(200).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
        return shown.isEmpty ? nil : String(decoding: shown, as: UTF8.self)
    }

    /// For example `GOAWAY ENHANCE_YOUR_CALM: too_many_pings`.
    package static func sentence(code: UInt32, debugData: [UInt8]) -> String {
        let name = String(cString: nghttp2_http2_strerror(code))
        let shown = name == "unknown" ? "error \(code)" : name
        guard let reason = reason(in: debugData) else { return "GOAWAY \(shown)" }
        return "GOAWAY \(shown): \(reason)"
    }

    /// The string after the first `"reason"` and a colon. Escapes are left as they stand: reasons are names.
    private static func jsonReason(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let key = Array(#""reason""#.utf8)
        guard bytes.first == UInt8(ascii: "{"), bytes.count > key.count else { return nil }
        for start in 0..<bytes.count - key.count where bytes[start..<start + key.count].elementsEqual(key) {
            let rest = bytes[(start + key.count)...].drop { isSpace($0) }
            guard rest.first == UInt8(ascii: ":") else { continue }
            let value = rest.dropFirst().drop { isSpace($0) }
            guard value.first == UInt8(ascii: "\"") else { return nil }
            return value.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
}
