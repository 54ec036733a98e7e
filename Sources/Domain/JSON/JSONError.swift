/// Why a text is not the JSON we accept, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case notUTF8
        /// More nested arrays and objects than the caller allows.
        case tooDeep
        /// Not the grammar of RFC 8259, a lone surrogate escape, or the end of the text inside a value.
        case syntax
        /// An object names a member twice: which one counts would be a guess.
        case duplicateMember
        /// Something other than white space follows the value.
        case trailingBytes
    }

    package var kind: Kind
    /// 0-based offset in bytes of the place that was refused; the length of the text when it ended too early.
    package var offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// A sentence for the publisher; quotes nothing of the text.
    package var sentence: String {
        switch kind {
        case .notUTF8: "The body is not UTF-8 (byte \(offset))."
        case .tooDeep: "The JSON is nested too deeply (byte \(offset))."
        case .syntax: "The body is not JSON (byte \(offset))."
        case .duplicateMember: "An object of the JSON names a member twice (byte \(offset))."
        case .trailingBytes: "Something follows the JSON value (byte \(offset))."
        }
    }
}
