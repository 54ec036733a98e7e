import Domain

/// An answer that is none of what was asked for [RFC 9457].
package struct ProblemView: WireView {
    /// A name; the gateway has a page at the same path (``pagesPath``).
    package static let typeBase = "https://carillon.example/problems/"
    /// Where what a code means is read; with the code behind it.
    package static let pagesPath = "/problems"
    /// Its media type.
    package static let contentType = "application/problem+json"

    /// Ends in the code.
    package var type: String?
    package var title: String?
    package var status: Int?
    package var code: String?
    package var detail: String?
    /// Names this one occurrence.
    package var instance: String?
    package var errors: [FieldErrorView]?
    /// Of an event that was known before: its id.
    package var id: String?
    /// Of an order: why it is refused (`needsYes expectExceeded nothingEligible eventEnded eventWithdrawn noFilter diffChanged`), and what it would have done.
    package var refusal: String?
    package var order: OrderReportView?
    /// Of a filter that names nothing: what it could name.
    package var known: String?
    /// Of a service that is not ready.
    package var reasons: [String]?
    /// Of a batch of which nothing was accepted.
    package var results: [BatchResultView]?

    package init() {}

    package static let members: [WireMember<ProblemView>] = [
        .maybe("type", \.type), .maybe("title", \.title), .maybe("status", \.status), .maybe("code", \.code),
        .maybe("detail", \.detail), .maybe("instance", \.instance), .maybe("errors", \.errors), .maybe("id", \.id),
        .maybe("refusal", \.refusal), .maybe("order", \.order), .maybe("known", \.known),
        .maybe("reasons", \.reasons), .maybe("results", \.results),
    ]
}
