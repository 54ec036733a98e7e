/// A pupil with everything the pupil's own record proves: presence and guardians.
package struct PupilRecord: Hashable, Sendable {
    package var person: PersonRecord
    package var memberships: [Membership]
    package var guardians: [GuardianLink]

    package init(person: PersonRecord, memberships: [Membership], guardians: [GuardianLink]) {
        self.person = person
        self.memberships = memberships
        self.guardians = guardians
    }

    /// Presence in a school, class or group; both days included, nil is open-ended.
    package struct Membership: Hashable, Sendable {
        package enum Place: Hashable, Sendable {
            /// By the school's join key.
            case school(key: String)
            /// `school` is the join key of the school the class belongs to; `name` is only a label.
            case schoolClass(key: String, school: String, name: String)
            case group(key: String, school: String, name: String)
        }
        package var place: Place
        package var from: CalendarDay?
        package var to: CalendarDay?

        package init(place: Place, from: CalendarDay? = nil, to: CalendarDay? = nil) {
            self.place = place
            self.from = from
            self.to = to
        }
    }

    /// A guardian named by the pupil's record; what followed the first `$` is kept raw and not interpreted.
    package struct GuardianLink: Hashable, Sendable {
        package var key: String
        package var raw: String

        package init(key: String, raw: String) {
            self.key = key
            self.raw = raw
        }
    }
}
