package import Domain

/// Something of an accepted event that does less than its sender may think.
package struct ReceiptWarningView: WireView {
    package var pointer = ""
    package var code = ""
    package var detail = ""

    package init() {}

    package init(_ warning: ReceiptWarning) {
        (pointer, code, detail) = (warning.pointer, warning.code, warning.detail)
    }

    package static let members: [WireMember<ReceiptWarningView>] = [
        .always("pointer", \.pointer), .always("code", \.code), .always("detail", \.detail),
    ]
}
