/// The fixed texts in one language, as `messages/<language>.yaml` has them; what it lacks is said in French.
package struct MessageTexts: Hashable, Sendable {
    /// Said by Carillon itself.
    package enum Key: String, CaseIterable, Sendable {
        /// The title of a publication of an application nobody knows.
        case notification
        /// The body of a test.
        case test
        /// `{count}` publications that waited for the morning.
        case recapTitle, recapBody
    }

    /// A language's subtag, lower case: `fr`.
    package var language: String
    package var texts: [Key: String] = [:]
    /// Titles by upper-case application, and by upper-case kind.
    package var applications: [String: String] = [:]
    package var kinds: [String: String] = [:]

    package init(language: String) { self.language = language }

    /// With the texts of `other` where it lacks one.
    package func filled(from other: MessageTexts) -> MessageTexts {
        var filled = self
        filled.texts.merge(other.texts) { own, _ in own }
        filled.kinds.merge(other.kinds) { own, _ in own }
        // An application's own title is nearer to a kind than another language's.
        filled.applications.merge(other.applications) { own, _ in own }
        return filled
    }

    package func text(_ key: Key, count: Int = 0) -> String {
        guard let text = texts[key] else { return "Carillon" }
        guard let place = text.firstRange(of: "{count}") else { return text }
        return text[..<place.lowerBound] + "\(count)" + text[place.upperBound...]
    }

    /// The title of a publication kind (`BLOG.PUBLISH-POST`), letter case ignored: of the kind, else of its application, else a general
    /// one.
    package func title(kind: String) -> String {
        let kind = kind.uppercased()
        return kinds[kind] ?? applications[String(kind.prefix { $0 != "." })] ?? text(.notification)
    }

    /// What to show for a publication's title: a key of the ENT as its kind's text, the title itself, or the publication's kind's text when
    /// there is no title or the key is unknown.
    package func resolve(title: String?, kind: String) -> String {
        guard let title, !title.isEmpty else { return self.title(kind: kind) }
        guard Self.isKey(title) else { return title }
        return self.title(kind: Self.kind(ofKey: title) ?? kind)
    }

    /// A key of the timeline's catalogue: nobody wants to read it.
    package static func isKey(_ title: String) -> Bool {
        title.hasPrefix("push.notif.") && !title.contains(where: \.isWhitespace)
    }

    private static func kind(ofKey key: String) -> String? {
        entKeys[key] ?? (key.hasPrefix("push.notif.formulaire.") ? "FORMULAIRE.NEW_FORM_NOTIFICATION" : nil)
    }

    /// Titles of entcore's timeline [ENT facts 1.5] and the kinds that post them.
    private static let entKeys = [
        "push.notif.blog.published.post": "BLOG.PUBLISH-POST",
        "push.notif.actu.info.published": "NEWS.NEWS-PUBLISHED",
        "push.notif.new.message": "MESSAGERIE.SEND-MESSAGE",
        "push.notif.new.flash.message": "TIMELINE.SEND-FLASH-MESSAGE-PUSH",
        "push.notif.file.share": "WORKSPACE.SHARE",
        "push.notif.folder.share": "WORKSPACE.SHARE-FOLDER",
        "push.notif.folder.contrib": "WORKSPACE.CONTRIB-FOLDER",
        "push.notif.event.created": "CALENDAR.CREATE",
        "push.notif.event.updated": "CALENDAR.UPDATE",
        "push.notif.event.reminder": "CALENDAR.REMINDER",
    ]
}
