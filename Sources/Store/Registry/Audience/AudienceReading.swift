package import Domain

/// An audience read in the order of its persons, some at a time: the first can be rung while the rest has not been looked at, and of a region
/// no more is held than a few thousand persons. A value: a copy goes on from the same place.
///
/// Each person is judged once, by the directory as it is when he or she is read. Nobody is told twice, since persons only ascend; who joins
/// the audience behind the place it has come to is not told any more, as one who joins after the last is not.
package struct AudienceReading: Sendable {
    private let asked: AudienceQuestion
    private var ties: OrderedMerge<AudienceTie>
    /// Read, and not told.
    private var ready: ArraySlice<AudienceTie> = []
    private var present: OrderedMerge<PresentPupil>
    /// Pupils counted so far; those of the whole audience at the end.
    package private(set) var pupils = 0
    /// Sorted; whole at the end.
    package private(set) var pupilsWithoutGuardian: [PersonID] = []

    init(_ asked: AudienceQuestion, above person: PersonID?) {
        self.asked = asked
        let start = AudienceTie(person: person ?? PersonID(rawValue: .min), pupil: PersonID(rawValue: .max))
        ties = OrderedMerge(sources: asked.places.count, list: asked.ties, above: start)
        present = OrderedMerge(
            sources: asked.places.count,
            list: asked.pupils,
            above: PresentPupil(id: PersonID(rawValue: .min), hasGuardian: false)
        )
    }

    /// Users nobody knows; ``next(max:from:)`` tells them at the end, by their place in this list.
    package var unknownUsers: [String] { asked.unknownUsers }

    /// About how many persons the whole audience has; exact to ``AudienceQuestion/sizeMax``, and that beyond it.
    package var size: Int { asked.size }

    /// Every person is told and every pupil counted.
    package var isAtEnd: Bool { ready.isEmpty && ties.isAtEnd && present.isAtEnd }

    /// The same audience from the person behind this one on; its pupils are counted anew.
    package func restarted(above person: PersonID) -> AudienceReading { AudienceReading(asked, above: person) }

    /// The next persons, sorted, at most `max`. Fewer, even none, while ``isAtEnd`` is false: there are more pupils to count. Each call reads
    /// about as many rows as it tells persons; to be called in a snapshot.
    package mutating func next(max: Int, from reader: RegistryReader) throws -> [Audience.Person] {
        var persons: [Audience.Person] = []
        while persons.count < max {
            guard let first = ready.first else {
                guard try readAhead(max, reader) else { break }
                continue
            }
            let own = ready.prefix { $0.person == first.person }
            // The last of what was read may have more.
            if own.endIndex == ready.endIndex, try readAhead(max, reader) { continue }
            persons.append(try person(first.person, own, reader))
            ready = ready[own.endIndex...]
        }
        try count(max, reader)
        if ready.isEmpty { _ = try readAhead(max, reader) }
        return persons
    }

    /// Adds to `ready`; false at the end.
    private mutating func readAhead(_ wanted: Int, _ reader: RegistryReader) throws -> Bool {
        let more = try ties.next(about: wanted) { source, above, limit in
            try reader.ties(in: asked.places[source], above: above, limit: limit)
        }
        guard !more.isEmpty else { return false }
        ready += more
        return true
    }

    private mutating func count(_ wanted: Int, _ reader: RegistryReader) throws {
        var left = wanted
        while left > 0, !present.isAtEnd {
            let more = try present.next(about: wanted) { source, above, limit in
                try reader.pupilsPresent(in: asked.places[source], above: above.id, limit: limit)
            }
            pupils += more.count
            for pupil in more where !pupil.hasGuardian { pupilsWithoutGuardian.append(pupil.id) }
            left -= more.count
        }
    }

    private func person(
        _ id: PersonID,
        _ ties: ArraySlice<AudienceTie>,
        _ reader: RegistryReader
    ) throws -> Audience.Person {
        var person = Audience.Person(person: id, role: .guardian, through: ties.compactMap(\.throughPupil))
        if let role = asked.named[id] {
            person.role = role
            if id.unknownIndex != nil {
                person.withheld = .unknownUser
            } else if let schools = asked.schools, person.through.isEmpty, try !reader.isTied(id, to: schools) {
                person.withheld = .forbidden
            }
        }
        if id == asked.author { person.role = .author }
        return person
    }
}
