package import Domain

extension DirectoryChange {
    /// What an AAF request says.
    package init(_ operation: AAFOperation) {
        let action: Action =
            switch operation.action {
            case .add(let record): .put(record)
            case .modify(let key, let change): .modify(key: key, change)
            case .remove(let category, let key): .remove(Kind(category), key: key)
            }
        self.init(action, file: operation.file, line: operation.line, day: operation.day)
    }

    /// What a line of NDJSON says.
    package init(_ line: DirectoryLine, file: String) {
        self.init(
            line.operation == .upsert ? Self.upsert(line.item) : Self.removal(line.item),
            file: file,
            line: line.line
        )
    }

    private static func upsert(_ item: DirectoryLine.Item) -> Action {
        switch item {
        case .user(let user): .putUser(user)
        case .school(let school, _): .put(.school(school))
        case .schoolClass(let key, let school, let name):
            .putPlace(.init(kind: .schoolClass, key: key, school: school, name: name))
        case .group(let key, let school, let name):
            .putPlace(.init(kind: .group, key: key, school: school, name: name))
        case .pupil(let person): .putPerson(.pupil, person)
        case .guardian(let person): .putPerson(.guardian, person)
        case .staff(let person): .putPerson(.staff, person)
        case .membership(let pupil, let membership): .join(pupil: pupil, membership)
        case .link(let pupil, let guardian): .link(pupil: pupil, guardian: guardian)
        }
    }

    private static func removal(_ item: DirectoryLine.Item) -> Action {
        switch item {
        case .user(let user): .removeUser(id: user.id)
        case .school(let school, _): .remove(.school, key: school.key)
        case .schoolClass(let key, let school, _): .removePlace(.schoolClass, key: key, school: school)
        case .group(let key, let school, _): .removePlace(.group, key: key, school: school)
        case .pupil(let person): .remove(.pupil, key: person.key)
        case .guardian(let person): .remove(.guardian, key: person.key)
        case .staff(let person): .remove(.staff, key: person.key)
        case .membership(let pupil, let membership): .leave(pupil: pupil, membership.place)
        case .link(let pupil, let guardian): .unlink(pupil: pupil, guardian: guardian)
        }
    }
}

extension DirectoryChange.Kind {
    fileprivate init(_ category: AAFCategory) {
        self =
            switch category {
            case .school: .school
            case .pupil: .pupil
            case .relative: .guardian
            case .staff: .staff
            }
    }
}
