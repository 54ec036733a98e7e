import Domain

/// Understands the values of requests: `directory-rules` of the feed, without I/O.
///
/// What cannot be understood becomes a warning and is left out; nothing here stops an import.
struct AAFRecordBuilder {
    let category: AAFCategory
    let file: String
    /// ``Limits/identifierBytesMax``.
    let keyBytesMax: Int
    /// Where a warning goes.
    let warn: (ImportWarning) -> Void

    /// nil when the request was left out, with a warning.
    func action(of request: AAFRequest) -> AAFOperation.Action? {
        guard !request.id.isEmpty, request.id.utf8.count <= keyBytesMax else {
            warn(request, request.line, "noIdentifier", "The request has no identifier, or one that is too long.")
            return nil
        }
        guard request.category == category.rawValue else {
            warn(request, request.line, "category", "The request's category is not that of its file.")
            return nil
        }
        if request.kind == .remove { return .remove(category, key: request.id) }
        var request = request
        if request.kind == .modify {
            for attribute in request.attributes where attribute.operation != "replace" {
                warn(request, attribute.line, "modification", "The modification of an attribute is not `replace`.")
            }
            request.attributes.removeAll { $0.operation != "replace" }
        }
        checkJoinKey(request)
        switch category {
        case .school: return school(request)
        case .pupil: return pupil(request)
        case .relative, .staff: return adult(request)
        }
    }

    // MARK: Categories

    private func school(_ request: AAFRequest) -> AAFOperation.Action {
        let change = SchoolChange(
            uai: text(request, .uai),
            name: text(request, .schoolName).map { name in
                String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "$" ? "-" : $0 }))
            }
        )
        guard request.kind == .add else { return .modify(key: request.id, .school(change)) }
        let school = change.applied(to: SchoolRecord(key: request.id, uai: "", name: ""))
        if school.uai.isEmpty {
            warn(request, request.line, "schoolWithoutUAI", "The school has no UAI: publishers cannot name it.")
        }
        return .add(.school(school))
    }

    private func adult(_ request: AAFRequest) -> AAFOperation.Action {
        var change = personChange(request)
        if category == .staff { change.schools = list(request, .schools, code: "schoolValue") { $0.value } }
        guard request.kind == .add else {
            return .modify(key: request.id, category == .staff ? .staff(change) : .relative(change))
        }
        let person = change.applied(to: PersonRecord(key: request.id, lastName: "", firstName: ""))
        return .add(category == .staff ? .staff(person) : .guardian(person))
    }

    private func pupil(_ request: AAFRequest) -> AAFOperation.Action {
        var change = PupilChange()
        change.person = personChange(request)
        change.schools = list(request, .schools, code: "schoolValue") { $0.value }
        change.classes = list(request, .classes, code: "classValue") { place($0, of: request, isClass: true) }
        change.groups = list(request, .groups, code: "groupValue") { place($0, of: request, isClass: false) }
        change.guardians = list(request, .guardians, code: "guardianValue") { guardian($0.value) }
        change.classEntries = classDays(request, .classEntries)
        change.classExits = classDays(request, .classExits)
        change.schoolEntry = schoolDay(request, .schoolEntry)
        change.schoolExit = schoolDay(request, .schoolExit)
        guard request.kind == .add else { return .modify(key: request.id, .pupil(change)) }
        let person = PersonRecord(key: request.id, lastName: "", firstName: "")
        let pupil = change.applied(to: PupilRecord(person: person, memberships: [], guardians: []), on: nil)
        for membership in pupil.memberships {
            guard let from = membership.from, let to = membership.to, to < from else { continue }
            warn(request, request.line, "dateOrder", "An exit day lies before the entry day: the pupil is never there.")
        }
        return .add(.pupil(pupil))
    }

    private func personChange(_ request: AAFRequest) -> PersonChange {
        PersonChange(lastName: text(request, .lastName), firstName: text(request, .firstName))
    }

    // MARK: Values

    private struct Value {
        let value: String
        let line: Int
    }

    /// nil when the attribute is absent, empty when it is there without a value.
    private func text(_ request: AAFRequest, _ attribute: AAFAttribute) -> String? {
        request[attribute].map { $0.values.first ?? "" }
    }

    /// What `read` makes of each value; equal keys count once, the first wins.
    private func list<Item: Keyed>(
        _ request: AAFRequest,
        _ attribute: AAFAttribute,
        code: String,
        _ read: (Value) -> Item?
    ) -> [Item]? {
        guard let attribute = request[attribute] else { return nil }
        var items: [Item] = []
        for value in attribute.values {
            guard let item = read(Value(value: value, line: attribute.line)), !item.itemKey.isEmpty,
                item.itemKey.utf8.count <= keyBytesMax
            else {
                warn(request, attribute.line, code, "A value of \(attribute.name) cannot be read; it was left out.")
                continue
            }
            if !items.contains(where: { $0.itemKey == item.itemKey }) { items.append(item) }
        }
        return items
    }

    /// `school$level$type$id$name`: the name is everything after the fourth `$` and may contain more of them.
    private func place(_ value: Value, of request: AAFRequest, isClass: Bool) -> PupilRecord.Membership.Place? {
        let fields = value.value.split(separator: "$", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count >= 4, !fields[0].isEmpty, !fields[3].isEmpty else { return nil }
        if fields.count == 4 {
            // The id alone decides who is told; a label can come later.
            warn(
                request,
                value.line,
                isClass ? "classValue" : "groupValue",
                "A class or group has no name field; it is kept without a name."
            )
        }
        let school = fields[0].trimmingWhiteSpace()
        let key = fields[3].trimmingWhiteSpace()
        let name = fields.count > 4 ? fields[4].trimmingWhiteSpace() : ""
        return isClass
            ? .schoolClass(key: key, school: school, name: name) : .group(key: key, school: school, name: name)
    }

    private func guardian(_ value: String) -> PupilRecord.GuardianLink? {
        let fields = value.split(separator: "$", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = fields.first else { return nil }
        return PupilRecord.GuardianLink(key: key.trimmingWhiteSpace(), raw: fields.count > 1 ? String(fields[1]) : "")
    }

    /// `school$dd/mm/yyyy$class`; of two days for one class the first counts.
    private func classDays(_ request: AAFRequest, _ attribute: AAFAttribute) -> [String: CalendarDay]? {
        guard let attribute = request[attribute] else { return nil }
        var days: [String: CalendarDay] = [:]
        for value in attribute.values {
            let fields = value.split(separator: "$", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, let day = CalendarDay(french: fields[1].trimmingWhiteSpace()) else {
                warn(request, attribute.line, "dateValue", "A value of \(attribute.name) cannot be read.")
                continue
            }
            let key = fields[2].trimmingWhiteSpace()
            if days[key] == nil { days[key] = day }
        }
        return days
    }

    private func schoolDay(_ request: AAFRequest, _ attribute: AAFAttribute) -> PupilChange.Day {
        guard let attribute = request[attribute] else { return .unchanged }
        guard let value = attribute.values.first else { return .cleared }
        guard attribute.values.count == 1, let day = CalendarDay(french: value) else {
            warn(request, attribute.line, "dateValue", "The value of \(attribute.name) cannot be read.")
            return .unchanged
        }
        return .set(day)
    }

    /// Pupils and classes name schools and persons by join key, requests by identifier: both must be the same.
    private func checkJoinKey(_ request: AAFRequest) {
        let attribute = category == .school ? AAFAttribute.schoolJoinKey : .personJoinKey
        guard let joinKey = request[attribute], !joinKey.values.isEmpty, !joinKey.values.contains(request.id) else {
            return
        }
        warn(request, joinKey.line, "joinKey", "The join key is not the identifier; the identifier is used.")
    }

    private func warn(_ request: AAFRequest, _ line: Int, _ code: String, _ detail: String) {
        let record = String(request.id.prefix(64))
        warn(ImportWarning(file: file, line: line, record: record, code: code, detail: detail))
    }
}

/// Something of a list that has a key.
private protocol Keyed {
    var itemKey: String { get }
}

extension String: Keyed {
    fileprivate var itemKey: String { self }
}

extension PupilRecord.GuardianLink: Keyed {
    fileprivate var itemKey: String { key }
}

extension PupilRecord.Membership.Place: Keyed {
    fileprivate var itemKey: String {
        switch self {
        // A class is one of its school: the same id in another school is another class.
        case .school(let key): key
        case .schoolClass(let key, let school, _), .group(let key, let school, _): key + "\0" + school
        }
    }
}
