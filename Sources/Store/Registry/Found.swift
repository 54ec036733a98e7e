/// What an entry of an audience names.
package enum Found: Hashable, Sendable {
    case nothing
    case place(FoundPlace)
    /// A pupil, or whoever is named directly.
    case person(StoredPerson)
    /// The key is that of several, in the schools of these UAIs: nobody can tell which is meant.
    case several([String])

    var person: StoredPerson? { if case .person(let person) = self { person } else { nil } }
}
