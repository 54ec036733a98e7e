/// The ministry's code of a school, the UAI: seven digits and a letter, which people and software write in either case.
package enum SchoolCode {
    /// The code in its one form, blanks around it taken off; nil for what is none.
    package static func code(_ text: String) -> String? {
        let code = normal(text.filter { !$0.isWhitespace })
        let bytes = Array(code.utf8)
        guard bytes.count == 8, bytes.prefix(7).allSatisfy({ (0x30...0x39).contains($0) }),
            (0x41...0x5A).contains(bytes[7])
        else { return nil }
        return code
    }

    /// In capitals, ASCII letters only; two codes are the same when this is.
    package static func normal(_ code: String) -> String { code.capitalsOfASCII }
}
