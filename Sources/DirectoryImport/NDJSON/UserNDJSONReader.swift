package import Domain

/// Reads an NDJSON import line by line, in bounded memory, blocking: one JSON object a line, blank lines passed over.
///
/// Members nobody asks for are ignored; lines that are wrong refuse the whole file, are counted and named.
package struct UserNDJSONReader {
    /// A line of ours has two hundred bytes; names and zones have room.
    package static let lineBytesMax = 64 * 1024

    private let file: String
    private let keyBytesMax: Int
    private let userIDBytesMax: Int

    /// - Parameters:
    ///   - file: name for errors; nothing is opened.
    ///   - limits: those of identifiers.
    package init(file: String, limits: Limits = Limits()) {
        self.file = file
        keyBytesMax = limits.identifierBytesMax
        userIDBytesMax = limits.userIDBytesMax
    }

    /// - Parameters:
    ///   - path: a plain file.
    ///   - sink: takes each line; must be able to throw everything away, since a mistake may come last.
    /// - Returns: the number of lines handed to `sink`.
    /// - Throws: ``ExportError``, or what `sink` threw.
    package func read(path: String, into sink: (DirectoryLine) throws -> Void) throws -> Int {
        let input = try InputFile(path: path)
        return try read(from: { try input.read(into: $0) }, into: sink)
    }

    /// The same for any source: `fill` puts bytes at the start of the buffer and returns their number, 0 at the end.
    package func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        into sink: (DirectoryLine) throws -> Void
    ) throws -> Int {
        try ObjectLines(file: file, lineBytesMax: Self.lineBytesMax).read(from: fill, line, into: sink)
    }

    private func line(_ object: JSONObject, _ number: Int) throws(LineError) -> DirectoryLine {
        var members = LineMembers(object: object, keyBytesMax: keyBytesMax)
        let operation = try members.operation()
        members.isRemoval = operation == .remove
        return DirectoryLine(operation, try item(members), line: number)
    }

    private func item(_ members: LineMembers) throws(LineError) -> DirectoryLine.Item {
        switch try members.required("kind") {
        case "user": return .user(try user(members))
        case "school":
            let school = SchoolRecord(
                key: try members.key("id"),
                uai: try members.wanted("uai"),
                name: try members.text("name") ?? ""
            )
            return .school(school, zone: try members.text("zone"))
        case "class":
            return .schoolClass(
                key: try members.key("id"),
                school: try members.wanted("school"),
                name: try members.text("name") ?? ""
            )
        case "group":
            return .group(
                key: try members.key("id"),
                school: try members.wanted("school"),
                name: try members.text("name") ?? ""
            )
        case "pupil": return .pupil(try person(members))
        case "guardian": return .guardian(try person(members))
        case "staff": return .staff(try person(members))
        case "membership": return .membership(pupil: try members.key("pupil"), try membership(members))
        case "link": return .link(pupil: try members.key("pupil"), guardian: try members.key("guardian"))
        default: throw .unknownValue("kind")
        }
    }

    private func user(_ members: LineMembers) throws(LineError) -> UserRecord {
        let id = try members.key("id")
        guard id.utf8.count <= userIDBytesMax else { throw .tooLong("id") }
        let profile: UserRecord.Profile?
        if let name = try members.text("profile") {
            guard let known = UserRecord.Profile(name: name) else { throw .unknownValue("profile") }
            profile = known
        } else {
            profile = nil
        }
        let locale = try members.text("locale")
        guard (locale ?? "").utf8.count <= 35 else { throw .tooLong("locale") }
        return UserRecord(
            id: id,
            externalKey: try members.wanted("externalId"),
            profile: profile,
            locale: locale,
            feed: try members.text("feed") == nil ? nil : try members.key("feed")
        )
    }

    private func person(_ members: LineMembers) throws(LineError) -> PersonRecord {
        PersonRecord(
            key: try members.key("id"),
            lastName: try members.text("lastName") ?? "",
            firstName: try members.text("firstName") ?? ""
        )
    }

    private func membership(_ members: LineMembers) throws(LineError) -> PupilRecord.Membership {
        var places: [PupilRecord.Membership.Place] = []
        if try members.text("class") != nil {
            places.append(.schoolClass(key: try members.key("class"), school: "", name: ""))
        }
        if try members.text("group") != nil {
            places.append(.group(key: try members.key("group"), school: "", name: ""))
        }
        if try members.text("school") != nil { places.append(.school(key: try members.key("school"))) }
        guard places.count == 1, let place = places.first else { throw .onePlace }
        let from = try members.day("from")
        let to = try members.day("to")
        if let from, let to, to < from { throw .daysReversed }
        return PupilRecord.Membership(place: place, from: from, to: to)
    }
}
