import Domain

/// Turns a publication into what is said on the phone, as far as its class of data allows.
enum MessageBuilder {
    /// `params` a generic message may carry: where to go, nothing of the content.
    private static let genericParams = Publication.addressParams

    static func message(
        _ publication: Publication,
        event: EventID,
        dataClass: DataClass,
        kinds: PublicationCatalogue,
        texts: MessageTexts
    ) -> Message {
        let kind = kinds.kind(app: publication.app, action: publication.action)
        var publication = publication
        // Events of an earlier release were stored with two addresses.
        publication.settleAddresses(origins: [])
        var params = publication.params.object ?? JSONObject()
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
                ? texts.resolve(title: publication.title, kind: publication.kind)
                : texts.title(kind: publication.kind),
            body: isClear ? publication.body : "",
            authorID: isClear ? publication.authorID : nil,
            resourceID: resourceID(publication),
            resourceSubID: publication.resourceSubID,
            params: .object(params),
            urgency: publication.urgency ?? kind.urgency,
            channel: kind.channel
        )
    }

    /// Where the ENT shows what has been published. Not `resourceUri`: the app would open it in the browser, before its own timeline.
    private static let timelineParams: JSONObject = {
        var params = JSONObject()
        params["uri"] = .string("/timeline/timeline")
        return params
    }()

    /// One message for several events. No module of the app handles its type, so that a tap opens the app's timeline.
    static func recap(of count: Int, event: EventID, texts: MessageTexts) -> Message {
        Message(
            event: event,
            app: "TIMELINE",
            action: "RECAP",
            title: texts.text(.recapTitle, count: count),
            body: texts.text(.recapBody),
            authorID: nil,
            resourceID: nil,
            resourceSubID: nil,
            params: .object(timelineParams),
            urgency: .normal,
            channel: "timeline"
        )
    }

    /// Whether what is shown is a fixed text, which every language has its own of.
    static func dependsOnLanguage(_ publication: Publication, _ dataClass: DataClass) -> Bool {
        guard dataClass == .clear, let title = publication.title, !title.isEmpty else { return true }
        return MessageTexts.isKey(title)
    }

    /// The app takes an id of some kinds as a number and opens an empty page for one without an address; without the id it opens the
    /// timeline.
    private static func resourceID(_ publication: Publication) -> String? {
        guard TapNeed.of(app: publication.app, action: publication.action) == .number else {
            return publication.resourceID
        }
        guard let address = publication.resourceURI else { return nil }
        return TapNeed.number(publication.resourceID, address) ?? publication.resourceID
    }
}
