/// Who may publish, and for whom; proven by the API before anything is read.
package struct Publisher: Hashable, Sendable {
    package enum Right: String, Hashable, Sendable, CaseIterable {
        case events
        case directory
        /// To ring in quiet hours.
        case urgent
        /// To export, erase and restrict what is known of a person.
        case persons
    }

    package var name: String
    /// CloudEvents sources it may speak as; empty means any.
    package var sources: [String]
    /// UAI codes; nil means every school (`["*"]`).
    package var schools: Set<String>?
    package var rights: Set<Right>
    /// It is told how an event stands at its end, or so long after acceptance when that comes first; nil: it is not told.
    package var callbackAfter: Duration?

    package init(
        name: String,
        sources: [String],
        schools: Set<String>?,
        rights: Set<Right>,
        callbackAfter: Duration? = nil
    ) {
        self.name = name
        self.sources = sources
        self.schools = schools
        self.rights = rights
        self.callbackAfter = callbackAfter
    }
}
