import Domain

/// A date as OpenSSL prints it in a certificate: `Mar  4 12:00:00 2027 GMT`.
enum CertificateDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// nil for anything else.
    static func read(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 5, words[4] == "GMT", let month = months.firstIndex(of: String(words[0])) else {
            return nil
        }
        func padded(_ text: some StringProtocol) -> String { text.count == 1 ? "0\(text)" : "\(text)" }
        return Instant(rfc3339: "\(words[3])-\(padded("\(month + 1)"))-\(padded(words[1]))T\(words[2])Z")
    }
}
