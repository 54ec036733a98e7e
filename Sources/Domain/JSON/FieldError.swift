/// One mistake in a request, where it is and what would be right; the `errors` member of a problem answer.
package struct FieldError: Error, Hashable, Sendable {
    package var pointer: JSONPointer
    /// Stable word of the API documentation: `missing`, `wrongType`, `unknownValue`, ...
    package var code: String
    /// A sentence; never quotes a token, a name or a text.
    package var detail: String

    package init(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}
