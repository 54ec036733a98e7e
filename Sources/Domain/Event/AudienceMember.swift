/// One entry of an audience: whom the publication names, by the feed's key or the ENT's id.
///
/// `school` is the UAI that the entry itself names: then the key is looked for in that school alone.
package enum AudienceMember: Hashable, Sendable {
    case schoolClass(String, school: String? = nil)
    /// By UAI.
    case school(String)
    case pupil(String, school: String? = nil)
    case group(String, school: String? = nil)
    /// A person named directly, whatever his or her kind.
    case user(String)
}

extension AudienceMember {
    /// The school that the entry itself names.
    package var ownSchool: String? {
        switch self {
        case .schoolClass(_, let school), .pupil(_, let school), .group(_, let school): school
        case .school, .user: nil
        }
    }

    /// With the codes of schools in capitals.
    var normalized: AudienceMember {
        switch self {
        case .schoolClass(let key, let school): .schoolClass(key, school: school.map(SchoolCode.normal))
        case .pupil(let key, let school): .pupil(key, school: school.map(SchoolCode.normal))
        case .group(let key, let school): .group(key, school: school.map(SchoolCode.normal))
        case .school(let code): .school(SchoolCode.normal(code))
        case .user: self
        }
    }
}
