/// What a delivery says, before any provider's form: one per event and text variant, rendered once per provider.
package struct Message: Hashable, Sendable {
    package var event: EventID
    /// One Pocket's routing words, case kept.
    package var app: String
    package var action: String
    package var title: String
    package var body: String
    package var authorID: String?
    package var resourceID: String?
    package var resourceSubID: String?
    /// An object; reaches the phone as a JSON string.
    package var params: JSONValue
    package var urgency: Urgency
    /// Groups notifications on the phone (`thread-id`), and names the Android channel.
    package var channel: String
    /// The first names of the children it is about, for a guardian of several.
    package var about: String?

    package init(
        event: EventID,
        app: String,
        action: String,
        title: String,
        body: String,
        authorID: String?,
        resourceID: String?,
        resourceSubID: String?,
        params: JSONValue,
        urgency: Urgency,
        channel: String
    ) {
        self.event = event
        self.app = app
        self.action = action
        self.title = title
        self.body = body
        self.authorID = authorID
        self.resourceID = resourceID
        self.resourceSubID = resourceSubID
        self.params = params
        self.urgency = urgency
        self.channel = channel
    }
}
