package import Domain

/// The wait a server asks for [RFC 9110 §10.2.3]: seconds or a date.
package enum RetryAfter {
    /// A longer wait is cut to this: a server's slip must not silence a lane for a day.
    package static let longest = Duration.seconds(3600)

    /// - Returns: zero for a date that has passed; nil without the header or when it is neither form.
    package static func parse(_ value: String?, now: Instant) -> Duration? {
        guard let value else { return nil }
        if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let seconds = Int64(value), seconds < 3600 else { return longest }
            return .seconds(seconds)
        }
        return HTTPDate.parse(value).map { min(max($0 - now, .zero), longest) }
    }
}
