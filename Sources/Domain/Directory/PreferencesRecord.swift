/// What the ENT knows of one person's wishes: a line of the import format `preferences`.
package struct PreferencesRecord: Hashable, Sendable {
    /// The ENT's user id.
    package var user: String
    /// nil: the line says nothing of them, and what is known stays.
    package var choices: TimelineChoices?
    /// A language tag [RFC 5646] as given; nil: the line says nothing of it.
    package var language: String?

    package init(user: String, choices: TimelineChoices?, language: String?) {
        self.user = user
        self.choices = choices
        self.language = language
    }
}
