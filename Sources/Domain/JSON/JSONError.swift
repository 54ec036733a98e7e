/// Why a text is not the JSON we accept, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case notUTF8
        /// More nested arrays and objects than the caller allows.
        case tooDeep
        /// Not the grammar of RFC 8259, or the end of the text inside a value.
        case syntax
        /// An object names a member twice: which one counts would be a guess.
        case duplicateMember
        /// A member's name is longer than ``JSONParser/nameBytesMax``.
        case nameTooLong
        /// Something other than white space follows the value.
        case trailingBytes
    }

    package var kind: Kind
    /// 0-based offset in bytes of the place that was refused; the length of the text when it ended too early.
    package var offset: Int

    /// What the grammar wanted there, for a syntax error: `a value`, `a colon`.
    package var expected: String
    /// The value that was being read.
    package private(set) var pointer = JSONPointer.root

    package init(_ kind: Kind, at offset: Int, expected: String = "a value") {
        self.kind = kind
        self.offset = offset
        self.expected = expected
    }

    /// Kind and place make the error; the rest explains it.
    package static func == (left: JSONError, right: JSONError) -> Bool {
        left.kind == right.kind && left.offset == right.offset
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(offset)
    }

    /// A sentence for the publisher; quotes nothing of the text.
    package var sentence: String {
        switch kind {
        case .notUTF8: "The body is not UTF-8 (byte \(offset))."
        case .tooDeep: "The JSON is nested too deeply (byte \(offset))."
        case .syntax: "The body is not JSON: expected \(expected) (byte \(offset))."
        case .duplicateMember: "An object of the JSON names a member twice (byte \(offset))."
        case .nameTooLong: "A name in the JSON is longer than \(JSONParser.nameBytesMax) bytes (byte \(offset))."
        case .trailingBytes: "Something follows the JSON value (byte \(offset))."
        }
    }

    /// The same, seen from the value around the one that was being read.
    func inside(_ name: String) -> JSONError {
        var error = self
        error.pointer = JSONPointer(stringLiteral: JSONPointer.root.member(name).description + pointer.description)
        return error
    }

    func inside(_ index: Int) -> JSONError {
        var error = self
        error.pointer = JSONPointer(stringLiteral: "/\(index)\(pointer)")
        return error
    }
}
