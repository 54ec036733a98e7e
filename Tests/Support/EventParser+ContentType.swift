package import Dialects
package import Domain

extension EventParser {
    /// A body whose form its `Content-Type` field says.
    package func parse(
        contentType: String?,
        header: (String) -> String?,
        body: [UInt8],
        receivedAt: Instant
    ) throws(EventRefusal) -> EventSubmission {
        let form = try EventForm.recognise(contentType: contentType, header: header)
        return try parse(form, header: header, body: body, receivedAt: receivedAt)
    }
}
