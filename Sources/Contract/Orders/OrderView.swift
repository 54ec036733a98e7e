package import Domain

/// What every order says of itself; both go to the audit log. Of a pause also when the lane resumes by itself, of removals what to do with them, of an approval whether a changed difference will do.
package struct OrderView: WireView {
    package var actor: String?
    package var why: String?
    package var until: Instant?
    package var decision: String?
    package var isConfirmed: Bool?

    package init() {}

    package static let members: [WireMember<OrderView>] = [
        .maybe("actor", \.actor), .maybe("why", \.why), .maybe("until", \.until), .maybe("decision", \.decision),
        .maybe("yes", \.isConfirmed),
    ]
}
