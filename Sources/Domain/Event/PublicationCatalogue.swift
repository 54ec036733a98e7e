/// The publication kinds the gateway knows. Names ignore letter case; how they are written is the form the app on the phone compares.
package struct PublicationCatalogue: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var app: String
        var action: String
        var kind: PublicationKind
    }

    /// By upper-case `APP.ACTION`; `APP.*` for the other actions of an application.
    private var entries: [String: Entry] = [:]
    /// The spelling of an application, by its upper-case name.
    private var apps: [String: String] = [:]

    private static let anyAction = "*"

    /// Knows no kind: all are as ``kind(app:action:)`` says of one it does not know.
    package init() {}

    package var count: Int { entries.count }

    /// Adds a kind or replaces it. `action` may be `*`.
    package mutating func set(_ kind: PublicationKind, app: String, action: String) {
        entries[Self.key(app, action)] = Entry(app: app, action: action, kind: kind)
        apps[app.uppercased()] = app
    }

    /// What the catalogue says of a kind, else of the other kinds of its application; one it does not know at all rings, normal, for 72
    /// hours, in clear, on its application's channel.
    package func kind(app: String, action: String) -> PublicationKind {
        entry(app, action)?.kind ?? PublicationKind(channel: app.lowercased())
    }

    /// The same for a kind's name, `BLOG.PUBLISH-POST`.
    package func kind(named name: String) -> PublicationKind {
        let (app, action) = Self.parts(name)
        return kind(app: app, action: action)
    }

    /// Whether the kind itself is in the catalogue.
    package func knows(app: String, action: String) -> Bool { entries[Self.key(app, action)] != nil }

    /// Application and action as the app on the phone compares them, letter by letter; what the catalogue does not know stays as posted.
    package func spelling(app: String, action: String) -> (app: String, action: String) {
        if action != Self.anyAction, let entry = entries[Self.key(app, action)] { return (entry.app, entry.action) }
        guard let known = apps[app.uppercased()] else { return (app, action) }
        // The app's words are in capitals, all of an application's or none.
        return (known, known == known.uppercased() ? action.uppercased() : action)
    }

    /// At the first dot: `HOMEWORKS.ENTRIES.MODIFIED` is of the application `HOMEWORKS`.
    package static func parts(_ name: String) -> (app: String, action: String) {
        guard let dot = name.firstIndex(of: ".") else { return (name, "") }
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    private func entry(_ app: String, _ action: String) -> Entry? {
        entries[Self.key(app, action)] ?? entries[Self.key(app, Self.anyAction)]
    }

    private static func key(_ app: String, _ action: String) -> String { "\(app).\(action)".uppercased() }
}
