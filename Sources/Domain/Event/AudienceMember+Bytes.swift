/// Keys of a feed and ids of the ENT are bytes: two spellings of one accented key are two keys, in sets, too.
extension AudienceMember {
    private var parts: (kind: UInt8, key: ExactText, school: ExactText?) {
        let school = ownSchool.map { ExactText($0) }
        return switch self {
        case .schoolClass(let key, _): (0, ExactText(key), school)
        case .school(let key): (1, ExactText(key), nil)
        case .pupil(let key, _): (2, ExactText(key), school)
        case .group(let key, _): (3, ExactText(key), school)
        case .user(let key): (4, ExactText(key), nil)
        }
    }

    package static func == (left: AudienceMember, right: AudienceMember) -> Bool { left.parts == right.parts }

    package func hash(into hasher: inout Hasher) {
        let parts = parts
        hasher.combine(parts.kind)
        hasher.combine(parts.key)
        hasher.combine(parts.school)
    }
}
