/// A provider's own word for its answer, as it may stand in a log and in the operator's timeline.
enum ReasonWord {
    /// The word when it looks like one: 64 letters, digits, `_`, `-` or `.`. Anything else could carry a token or a text.
    static func checked(_ word: String?) -> String? {
        guard let word, !word.isEmpty, word.utf8.count <= 64 else { return nil }
        let isWord = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isWord ? word : nil
    }
}
