/// Keys of a feed and ids of the ENT are bytes: two spellings of one accented key are two keys, in sets, too.
extension AudienceMember {
    private var parts: (kind: UInt8, key: ExactText) {
        switch self {
        case .schoolClass(let key): (0, ExactText(key))
        case .school(let key): (1, ExactText(key))
        case .pupil(let key): (2, ExactText(key))
        case .group(let key): (3, ExactText(key))
        case .user(let key): (4, ExactText(key))
        }
    }

    package static func == (left: AudienceMember, right: AudienceMember) -> Bool { left.parts == right.parts }

    package func hash(into hasher: inout Hasher) {
        let parts = parts
        hasher.combine(parts.kind)
        hasher.combine(parts.key)
    }
}
