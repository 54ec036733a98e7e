package import Domain
package import Store

/// Who it is that an event names and nobody knew when it came: he or she has a number of this event only, and a resend may have found the
/// account since. Used on one thread.
package final class FoundPersons {
    private let queue: QueueReader
    private let registry: RegistryReader
    /// Those of the event that was asked for last.
    private var unknownUsers: (event: EventID, names: [String]) = (EventID(rawValue: 0), [])

    package init(queue: QueueReader, registry: RegistryReader) {
        self.queue = queue
        self.registry = registry
    }

    /// - Returns: whoever is known keeps the number; nil for whom still nobody knows.
    package func person(_ number: PersonID, in event: EventID) throws -> PersonID? {
        guard let index = number.unknownIndex else { return number }
        // Their list may still grow while the event is expanded.
        if unknownUsers.event != event || !unknownUsers.names.indices.contains(index) {
            unknownUsers = (event, try queue.event(event)?.unknownUsers ?? [])
        }
        let names = unknownUsers.names
        return names.indices.contains(index) ? try registry.person(names[index])?.id : nil
    }

    /// The entries of an event as they are looked at: whoever was found under the own number, as someone whom the event names.
    ///
    /// - Returns: with them, the numbers the event has for those who were found.
    package func entries(
        _ entries: [ConcernedPersons.Entry],
        in event: EventID
    ) throws -> (known: [ConcernedPersons.Entry], numbers: [PersonID: [PersonID]]) {
        guard entries.contains(where: { $0.person.unknownIndex != nil }) else { return (entries, [:]) }
        var known: [ConcernedPersons.Entry] = []
        var numbers: [PersonID: [PersonID]] = [:]
        for var entry in entries {
            guard let person = try person(entry.person, in: event) else { continue }
            if person != entry.person { numbers[person, default: []].append(entry.person) }
            entry.person = person
            known.append(entry)
        }
        return (known, numbers)
    }
}
