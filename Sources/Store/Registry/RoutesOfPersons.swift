package import Domain

/// Devices of many persons, found by person: one array for all of them, so that a person of a large audience costs no array and no hash of its
/// own. Devices of a person stand in the order of their ids.
package struct RoutesOfPersons: Sendable {
    private struct Entry {
        var person: PersonID
        var device: Int64
        var route: RowResult<DeviceRoute>
    }

    private var entries: [Entry] = []
    private var isSorted = true

    init() {}

    mutating func add(_ route: RowResult<DeviceRoute>, device: Int64, of person: PersonID) {
        if let last = entries.last, (last.person, last.device) > (person, device) { isSorted = false }
        entries.append(Entry(person: person, device: device, route: route))
    }

    /// After the last was added; an index mostly gives them in order.
    mutating func sort() {
        guard !isSorted else { return }
        entries.sort { ($0.person, $0.device) < ($1.person, $1.device) }
        isSorted = true
    }

    /// None of a person without a device.
    package func forEach(of person: PersonID, _ body: (RowResult<DeviceRoute>) throws -> Void) rethrows {
        var index = first(of: person)
        while index < entries.count, entries[index].person == person {
            try body(entries[index].route)
            index += 1
        }
    }

    /// Where the person's devices begin, or would.
    private func first(of person: PersonID) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].person < person { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
