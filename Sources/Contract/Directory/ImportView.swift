package import Domain

/// What an import changed, or would change.
package struct ImportView: WireView {
    package var id: String?
    /// `applied planned held failed`.
    package var state: String?
    /// `added changed removed` by kind.
    package var diff: JSONObject?
    package var warnings: [ImportWarningView] = []
    package var warningsTotal: Int?
    package var held: [ImportHoldView] = []
    /// What changes school by school: `school`, and by kind `added changed removed examples`.
    package var schools: [JSONObject] = []
    package var feed: String?
    /// UAI of the one school it speaks of.
    package var school: String?
    package var detail: String?
    package var isKept: Bool?
    package var hasChanged: Bool?

    package init() {}

    package static let members: [WireMember<ImportView>] = [
        .always("import", \.id), .always("state", \.state), .maybe("diff", \.diff), .always("warnings", \.warnings),
        .always("warningsTotal", \.warningsTotal), .always("held", \.held), .always("schools", \.schools),
        .maybe("feed", \.feed), .maybe("school", \.school), .maybe("detail", \.detail),
        .maybe("kept", \.isKept), .maybe("changedSince", \.hasChanged),
    ]
}

/// What was read with reserve.
package struct ImportWarningView: WireView {
    package var file = ""
    package var line: Int?
    package var record: String?
    package var code = ""
    package var detail = ""

    package init() {}

    package static let members: [WireMember<ImportWarningView>] = [
        .always("file", \.file), .always("line", \.line), .always("record", \.record), .always("code", \.code),
        .always("detail", \.detail),
    ]
}

/// A limit that was passed.
package struct ImportHoldView: WireView {
    package var school = ""
    package var limit = ""
    package var value = 0.0
    /// Both records, where two are in each other's way.
    package var detail: String?

    package init() {}

    package static let members: [WireMember<ImportHoldView>] = [
        .always("school", \.school), .always("limit", \.limit), .always("value", \.value), .maybe("detail", \.detail),
    ]
}
