package import Domain

/// An entry of an audience as the API writes it: `{"class": "70011"}`.
package enum AudienceCoding {
    package static func value(_ member: AudienceMember) -> JSONValue {
        var object = JSONObject()
        switch member {
        case .schoolClass(let key, _): object["class"] = .string(key)
        case .school(let uai): object["school"] = .string(uai)
        case .pupil(let key, _): object["pupil"] = .string(key)
        case .group(let key, _): object["group"] = .string(key)
        case .user(let key): object["user"] = .string(key)
        }
        if let school = member.ownSchool { object["school"] = .string(school) }
        return .object(object)
    }

    static func member(_ value: JSONValue) -> AudienceMember? {
        guard case .object(let object) = value else { return nil }
        let school = object["school"]?.string
        if let key = object["class"]?.string { return .schoolClass(key, school: school) }
        if let key = object["pupil"]?.string { return .pupil(key, school: school) }
        if let key = object["group"]?.string { return .group(key, school: school) }
        if let school { return .school(school) }
        return object["user"]?.string.map { .user($0) }
    }

    static func text(_ members: [AudienceMember]) -> String {
        JSONWriter.text(.array(members.map(value)))
    }

    static func members(_ text: String) -> [AudienceMember] {
        do { return try JSONParser.parse(text).array?.compactMap(member) ?? [] } catch { return [] }
    }
}
