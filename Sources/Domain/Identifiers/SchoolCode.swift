/// The ministry's code of a school, the UAI: seven digits and a letter, which people and software write in either case.
package enum SchoolCode {
    /// In capitals, ASCII letters only; two codes are the same when this is.
    package static func normal(_ code: String) -> String {
        guard code.utf8.contains(where: { (0x61...0x7A).contains($0) }) else { return code }
        return String(decoding: code.utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
    }
}
