/// How far the import under way has come.
package struct ImportProgressView: WireView {
    /// `idle reading applying`.
    package var state = "idle"
    /// Of the delivery's files.
    package var bytes = 0
    package var bytesTotal: Int?
    /// Records.
    package var read = 0
    package var staged = 0

    package init() {}

    package static let members: [WireMember<ImportProgressView>] = [
        .always("state", \.state), .always("bytes", \.bytes), .always("bytesTotal", \.bytesTotal),
        .always("read", \.read), .always("staged", \.staged),
    ]
}
