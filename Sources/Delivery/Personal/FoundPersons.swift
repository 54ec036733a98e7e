package import Domain
package import Store

/// Who it is by now whom an event knows by a number. Nobody knew him or her when it came, and a resend may have found the account since; or the
/// directory has learned that he or she is one person with another. Used on one thread.
package final class FoundPersons {
    private let queue: QueueReader
    private let registry: RegistryReader
    /// Those of the event that was asked for last.
    private var unknownUsers: (event: EventID, names: [String]) = (EventID(rawValue: 0), [])

    package init(queue: QueueReader, registry: RegistryReader) {
        self.queue = queue
        self.registry = registry
    }

    /// - Returns: nil for whom still nobody knows. A statement: not for what is sent at once.
    package func person(_ number: PersonID, in event: EventID) throws -> PersonID? {
        number.unknownIndex == nil
            ? try registry.standing(for: [number])[number] ?? number : try unknown(number, in: event)
    }

    private func unknown(_ number: PersonID, in event: EventID) throws -> PersonID? {
        guard let index = number.unknownIndex else { return number }
        // Their list may still grow while the event is expanded.
        if unknownUsers.event != event || !unknownUsers.names.indices.contains(index) {
            unknownUsers = (event, try queue.event(event)?.unknownUsers ?? [])
        }
        let names = unknownUsers.names
        return names.indices.contains(index) ? try registry.person(names[index])?.id : nil
    }

    /// The entries of an event as they are looked at: each person once, under the number he or she has now, with the children of all of his
    /// or her entries.
    ///
    /// - Returns: with them, the numbers the event has for those who have another one now.
    package func entries(
        _ entries: [ConcernedPersons.Entry],
        in event: EventID
    ) throws -> (known: [ConcernedPersons.Entry], numbers: [PersonID: [PersonID]]) {
        let standing = try registry.standing(for: entries.map(\.person).filter { $0.unknownIndex == nil })
        guard !standing.isEmpty || entries.contains(where: { $0.person.unknownIndex != nil }) else {
            return (entries, [:])
        }
        var known: [ConcernedPersons.Entry] = []
        var places: [PersonID: Int] = [:]
        var numbers: [PersonID: [PersonID]] = [:]
        for var entry in entries {
            guard let person = try standing[entry.person] ?? unknown(entry.person, in: event) else { continue }
            if person != entry.person { numbers[person, default: []].append(entry.person) }
            if let place = places[person] {
                known[place].through = Set(known[place].through + entry.through).sorted()
                continue
            }
            places[person] = known.count
            entry.person = person
            known.append(entry)
        }
        return (known, numbers)
    }
}
