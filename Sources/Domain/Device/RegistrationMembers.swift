/// The members of a registration, and the mistakes found in them. No mistake quotes a token.
package struct RegistrationMembers {
    package let object: JSONObject
    package let limits: Limits
    package private(set) var errors: [FieldError] = []

    package init(_ object: JSONObject, limits: Limits) {
        self.object = object
        self.limits = limits
    }

    package mutating func fail(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        errors.append(FieldError(pointer, code, detail))
    }

    /// null counts as absent.
    package func isAbsent(_ name: String) -> Bool { object[name]?.isNull ?? true }

    /// One of a few words; nil when it is absent or none of them.
    package mutating func word<Word>(_ name: String, _ read: (String) -> Word?, _ expected: String) -> Word? {
        guard !isAbsent(name) else { return nil }
        guard let text = object[name]?.string else {
            fail(JSONPointer.root.member(name), "wrongType", "Expected a string: \(expected).")
            return nil
        }
        guard let word = read(text) else {
            fail(JSONPointer.root.member(name), "unknownValue", "Expected \(expected).")
            return nil
        }
        return word
    }

    mutating func string(_ name: String, isValid: (String) -> Bool, _ expected: String) -> String? {
        guard !isAbsent(name) else { return nil }
        guard let text = object[name]?.string else {
            fail(JSONPointer.root.member(name), "wrongType", "Expected a string: \(expected).")
            return nil
        }
        guard isValid(text) else {
            fail(JSONPointer.root.member(name), "malformed", "Expected \(expected).")
            return nil
        }
        return text
    }

    /// The members `token` and `tokenKind`, for a provider whose address is a token; nil when the token is missing or no string.
    package mutating func token() -> (kind: String, text: String)? {
        let kind = word("tokenKind", { ["token", "fid"].contains($0) ? $0 : nil }, "token or fid") ?? "token"
        guard let member = object["token"], !member.isNull else {
            fail("/token", "missing", "This provider needs a token.")
            return nil
        }
        guard let text = member.string else {
            fail("/token", "wrongType", "The token is a string.")
            return nil
        }
        return (kind, text)
    }
}
