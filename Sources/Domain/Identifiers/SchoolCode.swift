/// The ministry's code of a school, the UAI: seven digits and a letter, which people and software write in either case.
package enum SchoolCode {
    /// In capitals, ASCII letters only; two codes are the same when this is.
    package static func normal(_ code: String) -> String { code.capitalsOfASCII }
}
