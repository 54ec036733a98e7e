/// Who holds the connections of a listener: a bound in all and one for each address. A newcomer takes the place of the connection that has
/// been without a request for longest; one whose request is under way is never taken away.
///
/// Constant cost on average: of the idle ones a queue in order of time is kept for each bound, with entries that are out of date left in.
struct ConnectionSlots {
    typealias ID = UInt64

    enum Verdict: Hashable {
        case accept
        /// This idle connection gives way.
        case acceptClosing(ID)
        /// Everything the address may hold is at work.
        case refuse
    }

    private struct Slot {
        var address: String
        /// Since which tick it is idle; nil while a request is under way.
        var idleSince: UInt64?
    }

    private struct Queue {
        private var entries: [(id: ID, tick: UInt64)] = []
        private var first = 0

        mutating func append(_ id: ID, _ tick: UInt64, _ isCurrent: (ID, UInt64) -> Bool) {
            entries.append((id, tick))
            guard entries.count > 64, entries.count > 2 * compactedCount else { return }
            entries = entries[first...].filter { isCurrent($0.id, $0.tick) }
            first = 0
            compactedCount = entries.count
        }

        private var compactedCount = 32

        mutating func popOldest(_ isCurrent: (ID, UInt64) -> Bool) -> ID? {
            while first < entries.count {
                let entry = entries[first]
                first += 1
                if isCurrent(entry.id, entry.tick) { return entry.id }
            }
            entries = []
            first = 0
            return nil
        }
    }

    private let max: Int
    private let perAddressMax: Int
    private var slots: [ID: Slot] = [:]
    private var counts: [String: Int] = [:]
    private var idle = Queue()
    private var idleOfAddress: [String: Queue] = [:]
    private var tick: UInt64 = 0

    init(max: Int, perAddressMax: Int) {
        self.max = max
        self.perAddressMax = perAddressMax
    }

    var count: Int { slots.count }

    /// Whether a newcomer would find somebody to replace.
    var hasIdle: Bool { busy < slots.count }

    private var busy = 0

    /// `address`: whose share it counts in; empty for a proxy or a Unix socket, which have only the bound in all.
    mutating func open(_ id: ID, address: String) -> Verdict {
        var victim: ID?
        if !address.isEmpty, counts[address, default: 0] >= perAddressMax {
            victim = idleOfAddress[address]?.popOldest { [slots] in slots[$0]?.idleSince == $1 }
            guard victim != nil else { return .refuse }
        } else if slots.count >= max {
            victim = idle.popOldest { [slots] in slots[$0]?.idleSince == $1 }
        }
        if let victim { close(victim) }
        slots[id] = Slot(address: address, idleSince: nil)
        busy += 1
        if !address.isEmpty { counts[address, default: 0] += 1 }
        isIdle(id)
        return victim.map { .acceptClosing($0) } ?? .accept
    }

    mutating func isIdle(_ id: ID) {
        guard let slot = slots[id], slot.idleSince == nil else { return }
        tick += 1
        busy -= 1
        slots[id]?.idleSince = tick
        idle.append(id, tick) { [slots] in slots[$0]?.idleSince == $1 }
        if !slot.address.isEmpty {
            idleOfAddress[slot.address, default: Queue()].append(id, tick) { [slots] in slots[$0]?.idleSince == $1 }
        }
    }

    mutating func isBusy(_ id: ID) {
        guard slots[id]?.idleSince != nil else { return }
        slots[id]?.idleSince = nil
        busy += 1
    }

    mutating func close(_ id: ID) {
        guard let slot = slots.removeValue(forKey: id) else { return }
        if slot.idleSince == nil { busy -= 1 }
        guard !slot.address.isEmpty else { return }
        let left = counts[slot.address, default: 1] - 1
        counts[slot.address] = left > 0 ? left : nil
        if left <= 0 { idleOfAddress[slot.address] = nil }
    }
}
