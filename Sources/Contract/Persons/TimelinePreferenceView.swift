/// The ENT's own preference document as One Pocket reads it.
package struct TimelinePreferenceView: WireView {
    /// A JSON document as a text.
    package var preference = ""

    package init() {}

    package static let members: [WireMember<TimelinePreferenceView>] = [.always("preference", \.preference)]
}
