import Domain
import Store
import Testing

/// Holds every answer of a registry's reader against the dictionaries.
struct RegistryCheck {
    let state: RegistryState
    let reader: RegistryReader
    let comment: Comment
    /// By the store's numbers.
    let ids: [RegistryState.Person: PersonID]

    init(_ state: RegistryState, _ reader: RegistryReader, _ comment: String) throws {
        (self.state, self.reader, self.comment) = (state, reader, Comment(rawValue: comment))
        var ids: [RegistryState.Person: PersonID] = [:]
        for name in RegistryModel.names {
            for (person, stored) in zip(state.named(name), try reader.persons(named: name)) { ids[person] = stored.id }
        }
        self.ids = ids
    }

    func all(now: Instant, devices: Set<DeviceID>, _ seal: TargetSeal, _ random: inout SeededWalk) throws {
        try names()
        try persons(&random)
        try phones(devices)
        try addresses(devices, seal)
        try routes(now: now, &random)
        try brake()
        try schools()
        for _ in 0..<4 { try audience(&random) }
    }

    func person(_ id: PersonID) -> RegistryState.Person? { ids.first { $0.value == id }?.key }

    func id(_ user: String) -> PersonID? { state.person(of: user).flatMap { ids[$0] } }

    /// Keys that no row has, so that a keyed read has more than one statement takes.
    static let nobody = (0..<600).map { PersonID(rawValue: 1_000_000 + $0) }

    private func names() throws {
        for name in RegistryModel.names {
            let persons = state.named(name)
            let stored = try reader.persons(named: " " + name)
            #expect(stored.map(\.kind) == persons.map { state.kind(of: $0) }, comment)
            #expect(try reader.person(name) == (stored.count == 1 ? stored[0] : nil), comment)
            for (person, found) in zip(persons, stored) {
                let accounts = state.accounts(of: person)
                #expect(found.entID == (accounts.contains(name) ? name : accounts.first), comment)
                #expect(try reader.accounts(of: found.id) == accounts, comment)
                let record: (feed: String, key: String)? =
                    if case .record(let feed, let key) = person { (feed, key) } else { nil }
                #expect(found.key == record?.key, comment)
                let records = try reader.records(of: found.id)
                #expect(records.map(\.key) == (record.map { [$0.key] } ?? []), comment)
                #expect(records.map(\.feed) == (record.map { [$0.feed] } ?? []), comment)
                #expect(try reader.person(found.id)?.kind == found.kind, comment)
            }
        }
        #expect(Set(ids.values).count == ids.count, comment)
        #expect(Set(ids.keys) == state.everybody(RegistryModel.names), comment)
    }

    private func persons(_ random: inout SeededWalk) throws {
        let asked = ids.values.shuffled(using: &random) + (Bool.random(using: &random) ? Self.nobody : [])
        func expected<T>(_ value: (RegistryState.Person) -> T?) -> [PersonID: T] {
            ids.reduce(into: [:]) { if let value = value($1.key) { $0[$1.value] = value } }
        }
        let names = try reader.firstNames(of: asked).mapValues(ExactText.init)
        let said = expected { state.firstName(of: $0).isEmpty ? nil : ExactText(state.firstName(of: $0)) }
        #expect(names == said, comment)
        #expect(try reader.restricted(of: asked) == Set(ids.filter { state.restricted[$0.key] != nil }.values), comment)
        #expect(try reader.wishes(of: asked) == expected { state.wishes(of: $0) }, comment)
        #expect(try reader.standing(for: asked) == [:], comment)
        for (person, id) in ids { #expect(try reader.restriction(of: id) == state.restricted[person], comment) }
        for user in RegistryModel.users {
            #expect(try reader.wishes(ofAccount: user) == state.wishes[user]?.stored ?? StoredWishes(), comment)
        }
        try pupils(asked)
    }

    private func pupils(_ asked: [PersonID]) throws {
        var guardians: [PersonID: Set<PersonID>] = [:]
        var schools: [PersonID: [String]] = [:]
        for (person, id) in ids {
            guard case .record(let feed, let key) = person else { continue }
            let own = state.feeds[feed]?.guardians(of: key).compactMap { ids[.record(feed: feed, key: $0)] } ?? []
            if !own.isEmpty { guardians[id] = Set(own) }
            let places = state.feeds[feed]?.pupils[key]?.memberships ?? []
            let uais = places.filter { $0.place.kind == .school }.compactMap { state.feeds[feed]?.uai($0.place) }
            let worksAt = state.feeds[feed]?.adults[key]?.schools.compactMap { state.feeds[feed]?.schools[$0] } ?? []
            if !(uais + worksAt).isEmpty { schools[id] = (uais + worksAt).sorted() }
        }
        #expect(try reader.guardians(ofPupils: asked) == guardians, comment)
        #expect(try reader.schools(ofPupils: asked) == schools, comment)
    }

    private func schools() throws {
        var all: [SchoolSummary] = []
        while true {
            let page = try reader.schools(after: all.last?.school.uai, limit: 2)
            all += page
            if page.count < 2 { break }
        }
        let expected = state.feeds.flatMap { name, feed in feed.schools.map { (uai: $1, key: $0, feed: name) } }
            .sorted { $0.uai < $1.uai }
        #expect(all.map(\.school.uai) == expected.map(\.uai), comment)
        for (summary, school) in zip(all, expected) {
            guard let feed = state.feeds[school.feed] else { continue }
            let place = FeedState.Place(kind: .school, key: school.key, school: school.key)
            let pupils = feed.pupils.filter { $0.value.memberships.contains { $0.place == place } }.map(\.key)
            let guardians = Set(pupils.flatMap { feed.guardians(of: $0) })
            let ringing = guardians.filter { key in
                let users = state.accounts(of: .record(feed: school.feed, key: key))
                return state.phones.phones.contains { users.contains($0.user) && $0.state == .active }
            }
            #expect(
                [summary.pupils, summary.guardians, summary.guardiansWithDevice]
                    == [pupils.count, guardians.count, ringing.count],
                comment
            )
            #expect(summary.school.isActive == state.switched[school.uai], comment)
            #expect(summary.school.name == "School " + school.key, comment)
            #expect(summary.lastImport == feed.lastImport, comment)
            #expect(try reader.school(uai: school.uai) == summary.school, comment)
            #expect(try reader.schools(uai: school.uai.lowercased(), after: nil, limit: 9) == [summary], comment)
        }
        #expect(try reader.heldImports() == 0, comment)
        #expect(Set(try reader.lastApplied().keys) == Set(RegistryState.feedNames), comment)
    }
}
