package import Domain

/// One event of a batch.
package struct BatchResultView: WireView {
    package var index = 0
    package var status = 0
    package var id: String?
    package var state: String?
    package var isDuplicate: Bool?
    package var unresolved: [JSONValue]?
    package var warnings: [ReceiptWarningView]?
    package var opensAt: Instant?
    package var problem: JSONObject?

    package init() {}

    package static let members: [WireMember<BatchResultView>] = [
        .always("index", \.index), .always("status", \.status), .maybe("id", \.id), .maybe("state", \.state),
        .maybe("duplicate", \.isDuplicate), .maybe("unresolved", \.unresolved),
        .maybe("warnings", \.warnings), .maybe("opensAt", \.opensAt), .maybe("problem", \.problem),
    ]
}
