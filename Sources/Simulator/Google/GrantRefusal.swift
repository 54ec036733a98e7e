/// An answer of the token endpoint other than a grant, in the shape of RFC 6749 §5.2.
package struct GrantRefusal: Error, Hashable, Sendable {
    package var status: Int
    package var error: String
    package var description: String

    package init(status: Int = 400, _ error: String, _ description: String) {
        self.status = status
        self.error = error
        self.description = description
    }

    package var answer: Answer {
        Answer(status: status, json: ["error": .string(error), "error_description": .string(description)])
    }
}
