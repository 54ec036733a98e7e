package import Domain

/// One line of an NDJSON import: what to do with one thing.
package struct DirectoryLine: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable {
        /// Makes it, or replaces what is known of it.
        case upsert
        /// Only what identifies the thing counts; removing what is not there is no mistake.
        case remove
    }

    /// Members that a removal may leave out are empty or nil then.
    package enum Item: Hashable, Sendable {
        case user(UserRecord)
        /// `zone` is a time zone's name, unchecked.
        case school(SchoolRecord, zone: String?)
        case schoolClass(key: String, school: String, name: String)
        case group(key: String, school: String, name: String)
        case pupil(PersonRecord)
        case guardian(PersonRecord)
        case staff(PersonRecord)
        /// The place has its key only; class and group are known from lines of their own.
        case membership(pupil: String, PupilRecord.Membership)
        case link(pupil: String, guardian: String)
    }

    package var operation: Action
    package var item: Item
    /// From 1.
    package var line: Int

    package init(_ operation: Action, _ item: Item, line: Int) {
        self.operation = operation
        self.item = item
        self.line = line
    }
}
