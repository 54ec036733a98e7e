/// What a feed says of one thing, in one shape for all feeds. Keys are the feed's own, opaque, leading zeros kept.
package enum DirectoryRecord: Hashable, Sendable {
    case school(SchoolRecord)
    case pupil(PupilRecord)
    case guardian(PersonRecord)
    case staff(PersonRecord)
    case user(UserRecord)
}

package struct SchoolRecord: Hashable, Sendable {
    package var key: String
    package var uai: String
    package var name: String

    package init(key: String, uai: String, name: String) {
        self.key = key
        self.uai = SchoolCode.normal(uai)
        self.name = name
    }
}

package struct PersonRecord: Hashable, Sendable {
    package var key: String
    package var lastName: String
    package var firstName: String
    /// Join keys of the schools a member of staff works at: who may write to him or her. Empty for everybody else.
    package var schools: [String]

    package init(key: String, lastName: String, firstName: String, schools: [String] = []) {
        self.key = key
        self.lastName = lastName
        self.firstName = firstName
        self.schools = schools
    }
}

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

/// The ENT's user id of a person the feed knows by its own key.
package struct UserRecord: Hashable, Sendable {
    package enum Profile: UInt8, Hashable, Sendable, CaseIterable {
        case relative = 1
        case student = 2
        case teacher = 3
        case personnel = 4

        package init?(name: String) {
            guard let profile = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = profile
        }
    }
    package var id: String
    package var externalKey: String
    package var profile: Profile?
    package var locale: String?
    /// The feed whose key `externalKey` is; nil: that of the import.
    package var feed: String?

    package init(id: String, externalKey: String, profile: Profile?, locale: String?, feed: String? = nil) {
        self.id = id
        self.externalKey = externalKey
        self.feed = feed
        self.profile = profile
        self.locale = locale
    }
}

/// A day of the Gregorian calendar without a time zone, as days since 1970-01-01.
package struct CalendarDay: Hashable, Comparable, Sendable {
    package var daysSince1970: Int32

    package init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// nil when there is no such day. Algorithm: days from civil (H. Hinnant, chrono-compatible date algorithms).
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSince1970 = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Reads `dd/mm/yyyy`, the form of the AAF files.
    package init?(french text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 2, parts[1].utf8.count == 2, parts[2].utf8.count == 4,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD` [RFC 3339 §5.6: full-date]. Algorithm: civil from days, the inverse of the one above.
    package var text: String {
        let shifted = Int(daysSince1970) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return padded(year, 4) + "-" + padded(month < 10 ? month + 3 : month - 9, 2) + "-" + padded(day, 2)
    }

    package static func < (lhs: CalendarDay, rhs: CalendarDay) -> Bool { lhs.daysSince1970 < rhs.daysSince1970 }
}

/// Something of a feed that was read with reserve; never stops an import.
package struct ImportWarning: Hashable, Sendable {
    /// File name inside the export.
    package var file: String
    /// 1-based line, 0 when unknown.
    package var line: Int
    /// The record's id in the feed; never a name.
    package var record: String
    /// Stable word: `unknownAttribute`, `classValue`, `guardianMissing`, ...
    package var code: String
    /// A sentence without names of persons.
    package var detail: String

    package init(file: String, line: Int, record: String, code: String, detail: String) {
        self.file = file
        self.line = line
        self.record = record.showingInvisible
        self.code = code
        self.detail = detail
    }
}
