package import Domain

/// The answer to an event that was accepted.
package struct ReceiptView: WireView {
    package var id = ""
    package var state = ""
    package var isDuplicate = false
    package var unresolved: [JSONValue] = []
    package var warnings: [ReceiptWarningView] = []
    /// When quiet hours end that hold it up; null: nothing holds it up.
    package var opensAt: Instant?

    package init() {}

    package static let members: [WireMember<ReceiptView>] = [
        .always("id", \.id), .always("state", \.state), .always("duplicate", \.isDuplicate),
        .always("unresolved", \.unresolved), .always("warnings", \.warnings), .always("opensAt", \.opensAt),
    ]
}
