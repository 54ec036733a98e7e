import Domain

/// Why a person belongs to an audience: through a pupil, or named directly.
struct AudienceTie: Comparable, Sendable {
    var person: PersonID
    /// Number 0, which no person has: named directly.
    var pupil: PersonID

    static func named(_ person: PersonID) -> AudienceTie { AudienceTie(person: person, pupil: PersonID(rawValue: 0)) }

    var throughPupil: PersonID? { pupil.rawValue == 0 ? nil : pupil }

    static func < (lhs: AudienceTie, rhs: AudienceTie) -> Bool {
        lhs.person == rhs.person ? lhs.pupil < rhs.pupil : lhs.person < rhs.person
    }
}

/// A pupil of an audience.
struct PresentPupil: Comparable, Sendable {
    var id: PersonID
    var hasGuardian: Bool

    static func < (lhs: PresentPupil, rhs: PresentPupil) -> Bool { lhs.id < rhs.id }
    static func == (lhs: PresentPupil, rhs: PresentPupil) -> Bool { lhs.id == rhs.id }
}

/// An audience as it was asked for, its members found in the directory: what ``AudienceReading`` reads by.
struct AudienceQuestion: Sendable {
    /// A place whose pupils are meant, with the day of presence by the clock of its school.
    struct Place: Sendable {
        var place: FoundPlace
        var day: CalendarDay
    }

    var places: [Place] = []
    /// Named directly, and guardians of pupils who are; sorted.
    var ties: [AudienceTie] = []
    /// Named directly; sorted.
    var pupils: [PresentPupil] = []
    /// Who is named directly, with the role that gives; users nobody knows among them.
    var named: [PersonID: ConcernedPersons.Role] = [:]
    var unknownUsers: [String] = []
    var author: PersonID?
    /// When given, only persons with a tie to one of these UAIs may be named directly.
    var schools: Set<String>?
    var size = 0

    /// Persons beyond which it does not matter how many more there are: above what one step of an expansion takes, and above what is bulk.
    static let sizeMax = 4096
}
