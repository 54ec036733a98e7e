/// French titles for publications that bring a key of the ENT's own catalogue, or no title at all.
///
/// The keys and their kinds are those of entcore's timeline; a text is what a parent reads above the body.
package struct TitleCatalogue: Sendable {
    package static let french = TitleCatalogue(
        keys: frenchKeys,
        kinds: frenchKinds,
        applications: frenchApplications,
        fallback: "Nouvelle notification"
    )

    private let keys: [String: String]
    private let kinds: [String: String]
    private let applications: [String: String]
    private let fallback: String

    private init(keys: [String: String], kinds: [String: String], applications: [String: String], fallback: String) {
        self.keys = keys
        self.kinds = kinds
        self.applications = applications
        self.fallback = fallback
    }

    /// The text of a key such as `push.notif.blog.published.post`; nil when the catalogue lacks it.
    package func title(key: String) -> String? {
        if let text = keys[key] { return text }
        return key.hasPrefix("push.notif.formulaire.") ? "Nouvelle notification Formulaire" : nil
    }

    /// The text for a publication kind (`BLOG.PUBLISH-POST`), letter case ignored: of the kind, else of its application, else a
    /// general one.
    package func title(kind: String) -> String {
        let kind = kind.uppercased()
        if let text = kinds[kind] { return text }
        return applications[String(kind.prefix { $0 != "." })] ?? fallback
    }

    /// Whether it has a word for a kind or its application; names in capitals.
    package func knows(kind: String) -> Bool {
        kinds[kind] != nil || applications[String(kind.prefix { $0 != "." })] != nil
    }

    /// What to show for a publication's `title`: a known key's text, the title itself, or the kind's text when there is no title
    /// or the key is unknown.
    package func resolve(title: String?, kind: String) -> String {
        guard let title, !title.isEmpty else { return self.title(kind: kind) }
        if let text = self.title(key: title) { return text }
        return Self.looksLikeKey(title) ? self.title(kind: kind) : title
    }

    /// A key of the timeline's catalogue: nobody wants to read it.
    private static func looksLikeKey(_ title: String) -> Bool {
        title.hasPrefix("push.notif.") && !title.contains { $0.isWhitespace }
    }

    private static let frenchKeys = [
        "push.notif.blog.published.post": "Nouveau billet de blog",
        "push.notif.actu.info.published": "Nouvelle actualité",
        "push.notif.new.message": "Nouveau message",
        "push.notif.new.flash.message": "Nouveau message flash",
        "push.notif.file.share": "Un fichier a été partagé avec vous",
        "push.notif.folder.share": "Un dossier a été partagé avec vous",
        "push.notif.folder.contrib": "Un utilisateur a contribué dans vos dossiers",
        "push.notif.event.created": "Nouvel événement dans l’agenda",
        "push.notif.event.updated": "Événement modifié dans l’agenda",
        "push.notif.event.reminder": "Rappel d’un événement de l’agenda",
    ]

    private static let frenchKinds = [
        "BLOG.PUBLISH-POST": "Nouveau billet de blog",
        "BLOG.SUBMIT-POST": "Billet de blog à valider",
        "BLOG.PUBLISH-COMMENT": "Nouveau commentaire sur un blog",
        "BLOG.SHARE": "Un blog a été partagé avec vous",
        "NEWS.NEWS-SUBMITTED": "Actualité à valider",
        "NEWS.NEWS-UPDATE": "Actualité modifiée",
        "NEWS.NEWS-COMMENT": "Nouveau commentaire sur une actualité",
        "NEWS.THREAD-SHARED": "Un fil d’actualités a été partagé avec vous",
        "MESSAGERIE.STORAGE": "Messagerie presque pleine",
        "SCHOOLBOOK.WORD-RESEND": "Rappel : un mot du carnet de liaison",
        "SCHOOLBOOK.ACKNOWLEDGE": "Mot signé dans le carnet de liaison",
        "SCHOOLBOOK.RESPONSE": "Réponse dans le carnet de liaison",
        "SCHOOLBOOK.MODIFYRESPONSE": "Réponse modifiée dans le carnet de liaison",
        "HOMEWORKS.SHARE": "Un cahier de textes a été partagé avec vous",
        "HOMEWORKS.ENTRIES.MODIFIED": "Cahier de textes modifié",
        "WORKSPACE.SHARE": "Un fichier a été partagé avec vous",
        "WORKSPACE.SHARE-FOLDER": "Un dossier a été partagé avec vous",
        "WORKSPACE.CONTRIB-FOLDER": "Un utilisateur a contribué dans vos dossiers",
        "TIMELINE.SEND-FLASH-MESSAGE-PUSH": "Nouveau message flash",
        "CALENDAR.CREATE": "Nouvel événement dans l’agenda",
        "CALENDAR.UPDATE": "Événement modifié dans l’agenda",
        "CALENDAR.REMINDER": "Rappel d’un événement de l’agenda",
        "CALENDAR.SHARE": "Un agenda a été partagé avec vous",
        "COMMUNITIES.ANNOUNCEMENT_NEW": "Nouvelle annonce d’une communauté",
    ]

    private static let frenchApplications = [
        "BLOG": "Nouveau billet de blog",
        "NEWS": "Nouvelle actualité",
        "MESSAGERIE": "Nouveau message",
        "SCHOOLBOOK": "Nouveau mot dans le carnet de liaison",
        "HOMEWORKS": "Nouveauté dans le cahier de textes",
        "WORKSPACE": "Nouveauté dans l’espace documentaire",
        "FORMULAIRE": "Nouvelle notification Formulaire",
        "CALENDAR": "Nouveauté dans l’agenda",
        "COMMUNITIES": "Nouveauté dans une communauté",
        "WIKI": "Nouveauté dans un wiki",
        "EXERCIZER": "Nouveauté dans Exercices",
        "PRESENCES": "Nouvelle information de vie scolaire",
        "SCRAPBOOK": "Nouveauté dans un cahier multimédia",
    ]
}
