import Contract
package import Domain
import Store

/// Where a page of reach ends, as the next question names it; means nothing to anybody else.
package struct ReachCursor: Sendable, CustomStringConvertible {
    package let person: PersonID

    package init(_ person: PersonID) { self.person = person }

    /// nil for anything that is no cursor.
    package init?(_ text: some StringProtocol) {
        guard text.first == "R", let number = Int64(text.dropFirst(), radix: 36), number >= 0 else { return nil }
        person = PersonID(rawValue: number)
    }

    package var description: String { "R" + String(person.rawValue, radix: 36, uppercase: true) }
}
