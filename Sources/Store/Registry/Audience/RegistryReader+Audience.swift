import Database
package import Domain

extension RegistryReader {
    /// Begins to read an audience: finds its members in one snapshot.
    ///
    /// `members`: as posted; what resolves to nothing, or by now to several, is skipped (``find(_:in:)`` tells which).
    /// `school`: `data.school`, where keys are looked for first.
    /// `day`: presence is that of this day, in the time zone of the school.
    /// `author`: left out, by ENT id or feed key.
    /// `schools`: when given, only persons with a tie to one of these UAIs may be named directly; others are withheld `forbidden`.
    /// `person`: of a reading that goes on, the last person it told.
    package func audienceReading(
        of members: [AudienceMember],
        in school: String? = nil,
        on day: (_ uai: String?) -> CalendarDay,
        author: String?,
        schools: Set<String>? = nil,
        above person: PersonID? = nil
    ) throws -> AudienceReading {
        try snapshot { reader in
            var question = AudienceQuestion(schools: schools)
            var named: [String] = []
            var places: Set<Int64> = []
            var pupils: Set<PersonID> = []
            for member in members {
                if case .user(let key) = member {
                    named.append(key)
                    continue
                }
                switch try reader.find(member, in: school) {
                case .place(let place) where places.insert(place.id).inserted:
                    question.places.append(.init(place: place, day: day(place.uai)))
                case .person(let person): pupils.insert(person.id)
                case .place, .nothing, .several: continue
                }
            }
            try reader.add(pupils: pupils.sorted(), to: &question)
            try reader.add(named: named, in: school, to: &question)
            question.ties.sort()
            question.author = try author.flatMap { try reader.find(.user($0), in: school).person?.id }
            question.size = try reader.size(of: question)
            return AudienceReading(question, above: person)
        }
    }

    /// Whether the place has a pupil on the day. One row of the same question.
    package func isAnybodyPresent(in place: FoundPlace, on day: CalendarDay) throws -> Bool {
        let place = AudienceQuestion.Place(place: place, day: day)
        return try !pupilsPresent(in: place, above: PersonID(rawValue: .min), limit: 1).isEmpty
    }

    /// Is or was this person, or a pupil of his or hers, a member of one of these schools?
    package func isTied(_ person: PersonID, to schools: Set<String>) throws -> Bool {
        let uais = try connection.all(RegistrySQL.schoolsOfPerson.rawValue, person.rawValue) { $0.textOrNil(0) }
        return uais.contains { uai in uai.map(schools.contains) ?? false }
    }

    /// Guardians of the pupils in a class or group (or school) on the day; the dates of the place and of its school both count.
    func ties(in asked: AudienceQuestion.Place, above tie: AudienceTie, limit: Int) throws -> [AudienceTie] {
        try connection.all(
            RegistrySQL.guardiansOfPlace.rawValue,
            asked.place.id,
            asked.place.school,
            Int64(asked.day.daysSince1970),
            tie.person.rawValue,
            tie.pupil.rawValue,
            limit
        ) { AudienceTie(person: PersonID(rawValue: $0.int64(0)), pupil: PersonID(rawValue: $0.int64(1))) }
    }

    /// The pupils themselves, in the order of their numbers.
    func pupilsPresent(in asked: AudienceQuestion.Place, above pupil: PersonID, limit: Int) throws -> [PresentPupil] {
        try connection.all(
            RegistrySQL.pupilsPresent.rawValue,
            asked.place.id,
            asked.place.school,
            Int64(asked.day.daysSince1970),
            pupil.rawValue,
            limit
        ) { PresentPupil(id: PersonID(rawValue: $0.int64(0)), hasGuardian: $0.bool(1)) }
    }

    private func add(pupils: [PersonID], to question: inout AudienceQuestion) throws {
        var withGuardian: Set<PersonID> = []
        try connection.query(RegistryKeyedSQL.guardians, keys: pupils.map(\.rawValue)) { row in
            let pupil = PersonID(rawValue: row.int64(0))
            withGuardian.insert(pupil)
            question.ties.append(AudienceTie(person: PersonID(rawValue: row.int64(1)), pupil: pupil))
        }
        question.pupils = pupils.map { PresentPupil(id: $0, hasGuardian: withGuardian.contains($0)) }
    }

    private func add(named: [String], in school: String?, to question: inout AudienceQuestion) throws {
        var unknown: Set<ExactText> = []
        for key in named {
            let id: PersonID
            if let person = try find(.user(key), in: school).person {
                id = person.id
                question.named[id] = person.kind == .guardian ? .guardian : .other
            } else {
                guard unknown.insert(ExactText(key)).inserted else { continue }
                id = .unknown(index: question.unknownUsers.count)
                question.unknownUsers.append(key)
                question.named[id] = .other
            }
            question.ties.append(.named(id))
        }
    }

    private func size(of question: AudienceQuestion) throws -> Int {
        var size = question.ties.count
        for place in question.places where size < AudienceQuestion.sizeMax {
            let max = AudienceQuestion.sizeMax - size
            try connection.query(RegistrySQL.sizeOfPlace.rawValue, place.place.id, max) { _ in size += 1 }
        }
        return size
    }
}
