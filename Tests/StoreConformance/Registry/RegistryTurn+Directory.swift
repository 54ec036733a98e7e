import Domain
import Store
import Testing

/// What feeds, the ENT and people say.
extension RegistryTurn {
    /// All of a feed, or one record of it.
    mutating func deliver(
        _ feed: String,
        isComplete: Bool,
        changed: (String, DirectoryChange.Kind)? = nil,
        to registry: Registry
    )
        async throws
    {
        guard var delivered = state.feeds[feed] else { return }
        let changes =
            isComplete ? delivered.complete() : changed.map { [delivered.delta($0.0, $0.1)] } ?? []
        let report = try await registry.importing(
            changes,
            origin: ImportOrigin(format: "aaf1d", mode: isComplete ? "complete" : "delta", feed: feed),
            scope: isComplete ? .feed : .changes
        )
        #expect(report.state == .applied, "\(report.held)")
        delivered.lastImport = report.id
        state.feeds[feed] = delivered
        guard isComplete, chance(3) else { return }
        let again = try await registry.importing(changes, origin: ImportOrigin(format: "aaf1d", feed: feed))
        #expect(again.changes == 0, "the same delivery once more changes nothing")
        state.feeds[feed]?.lastImport = again.id
    }

    mutating func deliverChange(_ registry: Registry) async throws -> String {
        let feed = one(of: RegistryState.feedNames)
        let isPupil = chance(2)
        let key = one(of: isPupil ? RegistryModel.pupils : RegistryModel.adults)
        let isGone = chance(4)
        let kind: DirectoryChange.Kind
        if isPupil {
            kind = .pupil
            let was = state.feeds[feed]?.pupils[key] != nil
            let pupil = pupil(feed)
            state.feeds[feed]?.pupils[key] = isGone ? nil : pupil
            // A record that is not there cannot be removed by itself.
            if isGone, !was { return "nothing" }
        } else {
            kind = key == "t1" ? .staff : .guardian
            let was = state.feeds[feed]?.adults[key] != nil
            let schools = key == "t1" ? [one(of: RegistryModel.schools[feed]?.keys.sorted() ?? [])] : []
            let adult = FeedState.Adult(
                kind: key == "t1" ? .staff : .guardian,
                firstName: firstName(),
                schools: schools
            )
            state.feeds[feed]?.adults[key] = isGone ? nil : adult
            if isGone, !was { return "nothing" }
        }
        let isComplete = chance(2)
        try await deliver(feed, isComplete: isComplete, changed: (key, kind), to: registry)
        return "\(feed) delivers \(isGone ? "the end of " : "")\(key), \(isComplete ? "whole" : "alone")"
    }

    private mutating func firstName() -> String { one(of: ["Ana", "ana", "Élise", "E\u{301}lise", ""]) }

    private mutating func pupil(_ feed: String) -> FeedState.Pupil {
        let school = one(of: RegistryModel.schools[feed]?.keys.sorted() ?? [])
        func days(_ random: inout SeededWalk) -> (Int32?, Int32?) {
            let today = RegistryModel.day.daysSince1970
            let days: [(Int32?, Int32?)] = [
                (nil, nil), (nil, nil), (today, nil), (nil, today), (today + 1, nil), (nil, today - 1), (today, today),
            ]
            return days[Int.random(in: days.indices, using: &random)]
        }
        var places = [FeedState.Place(kind: .school, key: school, school: school)]
        for (kind, key) in [(DirectoryChange.Kind.schoolClass, "c1"), (.schoolClass, "c2"), (.group, "c1")]
        where chance(2) {
            places.append(.init(kind: kind, key: key, school: school))
        }
        return FeedState.Pupil(
            firstName: firstName(),
            memberships: places.map { place in
                let (from, to) = days(&random)
                return .init(place: place, from: from, to: to)
            },
            guardians: RegistryModel.adults.dropLast().filter { _ in chance(3) }
        )
    }

    // MARK: Accounts

    mutating func tieOrPart(_ registry: Registry, _ reader: RegistryReader) async throws -> String {
        let user = one(of: RegistryModel.users)
        let feed = one(of: RegistryState.feedNames)
        let record = state.accounts[user]?.record
        var isElsewhere = false
        if case .record(let other, _) = record { isElsewhere = other != feed }
        // Of two feeds at once an account would make two records one person: that has cases of its own.
        if isElsewhere || chance(3) {
            state.part(user)
            let report = try await users([.removeUser(id: user)], of: user, registry, reader)
            #expect(report.diff.users.removed == (record == nil ? 0 : 1))
            return "\(user) is nobody's"
        }
        let key = one(of: RegistryModel.pupils + RegistryModel.adults)
        let locale = chance(2) ? "br" : nil
        let isSame = record == .record(feed: feed, key: key)
        state.tie(user, to: .record(feed: feed, key: key), locale: locale)
        let report = try await users(
            [.putUser(UserRecord(id: user, externalKey: key, profile: nil, locale: locale, feed: feed))],
            of: user,
            registry,
            reader
        )
        #expect(report.diff.users.added == (record == nil ? 1 : 0))
        if record != nil, !isSame { #expect(report.diff.users.changed == 1) }
        return "\(user) is \(key) of \(feed)"
    }

    /// Devices that have another owner by it are told.
    private func users(
        _ actions: [DirectoryChange.Action],
        of user: String,
        _ registry: Registry,
        _ reader: RegistryReader
    ) async throws -> ImportReport {
        let before = try reader.person(user)?.id
        let report = try await registry.importing(
            actions.map { DirectoryChange($0) },
            origin: ImportOrigin(format: "ndjson", mode: "delta"),
            scope: .changes
        )
        let isAnother = try before != nil && reader.person(user)?.id != before
        #expect(told.take() == Set(isAnother ? state.phones.phones.filter { $0.user == user }.map(\.id) : []))
        return report
    }

    // MARK: Wishes

    private struct Refused: Error {}

    mutating func choose(_ registry: Registry) async throws -> String {
        let user = one(of: RegistryModel.users)
        let kind = one(of: ["BLOG.PUBLISH-POST", "BLOG.OTHER"])
        let push = chance(2)
        let locale = chance(2) ? "fr-FR" : nil
        let isRefused = chance(5)
        let change: @Sendable (StoredWishes) throws(Refused) -> StoredWishes = { before throws(Refused) in
            if isRefused { throw Refused() }
            var after = before
            after.wishes.set(kind, push: push)
            after.wishes.locale = locale
            after.timeline = "{\"page\":\(before.version)}"
            return after
        }
        let before = state.wishes[user]?.stored ?? StoredWishes()
        let number = registry.wishChanges.number
        let answer = try await registry.changeWishes(of: user, now: now, change)
        #expect((registry.wishChanges.number > number) == !isRefused)
        guard !isRefused else {
            if case .success = answer { Issue.record("a refused change was made") }
            return "\(user) chooses and is refused"
        }
        var after = try change(before)
        after.version = before.version + 1
        #expect(try answer.get() == after)
        state.wishes[user] = (after, now)
        return "\(user) chooses"
    }

    /// What the ENT knows; nil takes all away.
    mutating func importWishes(_ registry: Registry) async throws -> String {
        let user = one(of: RegistryModel.users)
        let push = chance(2)
        let choices = TimelineChoices([.init(kind: "BLOG.PUBLISH-POST", push: push)])
        let record = chance(4) ? nil : PreferencesRecord(user: user, choices: choices, language: "fr")
        let isDryRun = chance(3)
        let before = state.wishes[user]?.stored
        var after = before ?? StoredWishes()
        if record != nil {
            after.wishes.set("BLOG.PUBLISH-POST", push: push)
            after.wishes.locale = "fr"
        }
        let report = try await registry.importWishes(
            [(user, record)],
            now: now,
            dryRun: isDryRun,
            origin: ImportOrigin(format: "preferences")
        )
        var expected = ImportReport.Change()
        if record == nil {
            expected.removed = before == nil ? 0 : 1
        } else if after != before ?? StoredWishes() {
            (expected.added, expected.changed) = before == nil ? (1, 0) : (0, 1)
        }
        #expect(report.diff.users == expected)
        if !isDryRun {
            state.feeds[ImportOrigin.mainFeed]?.lastImport = report.id
            if record == nil { state.wishes[user] = nil }
            after.version += 1
            if expected.added + expected.changed > 0 { state.wishes[user] = (after, now) }
        }
        return "the ENT says what \(user) has chosen"
    }

    // MARK: Rights of a person

    mutating func restrict(_ registry: Registry, _ reader: RegistryReader) async throws -> String {
        let name = one(of: RegistryModel.names)
        guard let person = state.named(name).first, let stored = try reader.persons(named: name).first else {
            return "nothing"
        }
        let isRestricted = chance(2)
        let number = registry.wishChanges.number
        let changed = try await registry.restrict(stored.id, isRestricted, now: now)
        #expect(registry.wishChanges.number > number, "who has looked at wishes looks again")
        #expect(changed == ((state.restricted[person] != nil) != isRestricted))
        let users = state.accounts(of: person)
        #expect(told.take() == Set(state.phones.phones.filter { users.contains($0.user) }.map(\.id)))
        if !isRestricted { state.restricted[person] = nil } else if changed { state.restricted[person] = now }
        return "\(name) is \(isRestricted ? "" : "not ")restricted"
    }

    mutating func erase(_ registry: Registry, _ reader: RegistryReader) async throws -> String {
        let name = one(of: RegistryModel.names)
        guard let person = state.named(name).first, let stored = try reader.persons(named: name).first else {
            return "nothing"
        }
        let expected = state.erase(person)
        let number = registry.wishChanges.number
        let erased = try await registry.erase(stored)
        #expect(registry.wishChanges.number > number)
        #expect(erased.accounts == expected.accounts)
        #expect(erased.devices == expected.devices.count)
        #expect(erased.links == expected.links)
        #expect(told.take() == expected.devices)
        #expect(try await registry.isErasing())
        try await registry.endErasure()
        #expect(try await !registry.isErasing())
        return "\(name) is erased"
    }
}
