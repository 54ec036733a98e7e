import Domain

/// Turns a publication into what is said on the phone, as far as its class of data allows.
enum MessageBuilder {
    /// `params` a generic message may carry: where to go, nothing of the content.
    private static let genericParams: Set<String> = ["resourceUri", "uri"]

    static func message(
        _ publication: Publication,
        event: EventID,
        dataClass: DataClass,
        kinds: PublicationCatalogue
    ) -> Message {
        let kind = kinds.kind(app: publication.app, action: publication.action)
        let catalogue = TitleCatalogue.french
        var params = publication.params.object ?? JSONObject()
        if params["resourceUri"] == nil, let uri = publication.resourceURI { params["resourceUri"] = .string(uri) }
        let isClear = dataClass == .clear
        if !isClear {
            var allowed = JSONObject()
            for member in params where genericParams.contains(member.name) { allowed[member.name] = member.value }
            params = allowed
        }
        return Message(
            event: event,
            app: publication.app,
            action: publication.action,
            title: isClear
                ? catalogue.resolve(title: publication.title, kind: publication.kind)
                : catalogue.title(kind: publication.kind),
            body: isClear ? publication.body : "",
            authorID: publication.authorID,
            resourceID: publication.resourceID,
            resourceSubID: publication.resourceSubID,
            params: .object(params),
            urgency: publication.urgency ?? kind.urgency,
            channel: kind.channel
        )
    }
}
