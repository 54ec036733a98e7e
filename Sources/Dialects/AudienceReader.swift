import Domain

/// Reads `data.audience`: whom a publication names.
enum AudienceReader {
    /// nil when something is wrong, with the mistakes recorded. Each member once, in the order of the event.
    static func read(_ data: JSONObject, _ reader: inout MemberReader) -> [AudienceMember]? {
        let pointer: JSONPointer = "/data/audience"
        guard let value = MemberReader.present(data, "audience") else {
            reader.fail(pointer, "missing", "This member is required.")
            return nil
        }
        guard let entries = value.array else {
            reader.fail(pointer, "wrongType", "Expected an array, found \(value.typeName).")
            return nil
        }
        guard !entries.isEmpty else {
            reader.fail(pointer, "empty", "The audience names nobody.")
            return nil
        }
        guard entries.count <= reader.limits.recipientsMax else {
            reader.fail(pointer, "tooMany", "An audience has at most \(reader.limits.recipientsMax) entries.")
            return nil
        }
        var members: [AudienceMember] = []
        var seen: Set<AudienceMember> = []
        var isComplete = true
        for (index, entry) in entries.enumerated() {
            guard let member = member(entry, at: pointer.index(index), &reader) else {
                isComplete = false
                continue
            }
            if seen.insert(member).inserted { members.append(member) }
        }
        return isComplete ? members : nil
    }

    private static let kinds = ["class", "pupil", "student", "group", "user"]

    /// Exactly one known key, or beside a class, group or pupil the school in which it is meant; unknown ones are ignored like every
    /// unknown member.
    private static func member(_ entry: JSONValue, at pointer: JSONPointer, _ reader: inout MemberReader)
        -> AudienceMember?
    {
        guard let object = entry.object else {
            reader.fail(pointer, "wrongType", "Expected an object, found \(entry.typeName).")
            return nil
        }
        let named = kinds.filter { MemberReader.present(object, $0) != nil }
        let hasSchool = MemberReader.present(object, "school") != nil
        guard named.count <= 1, !(named.first == "user" && hasSchool), !named.isEmpty || hasSchool else {
            let code = named.isEmpty ? "unknownValue" : "contradiction"
            reader.fail(pointer, code, "Expected exactly one of class, school, pupil (or student), group and user.")
            return nil
        }
        let school = reader.identifier(object, "school", at: pointer.member("school")).map(SchoolCode.normal)
        guard school != nil || !hasSchool else { return nil }
        guard let kind = named.first else { return school.map { .school($0) } }
        let bytesMax = kind == "user" ? reader.limits.userIDBytesMax : reader.limits.identifierBytesMax
        guard let key = reader.identifier(object, kind, at: pointer.member(kind), bytesMax: bytesMax) else {
            return nil
        }
        switch kind {
        case "class": return .schoolClass(key, school: school)
        case "group": return .group(key, school: school)
        case "user": return .user(key)
        default: return .pupil(key, school: school)
        }
    }
}
