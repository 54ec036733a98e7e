/// All that is wrong with a registration; at least one mistake. Quotes no token.
package struct RegistrationError: Error, Hashable, Sendable {
    package var errors: [FieldError]

    package init(_ errors: [FieldError]) { self.errors = errors }
}
