package import Domain

/// One mistake in a request.
package struct FieldErrorView: WireView {
    /// RFC 6901.
    package var pointer: String?
    package var code: String?
    package var detail: String?

    package init() {}

    package init(_ error: FieldError) {
        pointer = error.pointer.description
        code = error.code
        detail = error.detail
    }

    package static let members: [WireMember<FieldErrorView>] = [
        .maybe("pointer", \.pointer), .maybe("code", \.code), .maybe("detail", \.detail),
    ]
}
