/// What will happen, by time; of equal times in the order it was added, so that a seed is one run.
struct Agenda<Happening> {
    private struct Entry {
        var time: Int64
        var number: Int
        var happening: Happening

        static func < (lhs: Entry, rhs: Entry) -> Bool { (lhs.time, lhs.number) < (rhs.time, rhs.number) }
    }

    /// A binary heap, the next one first.
    private var heap: [Entry] = []
    private var added = 0

    mutating func add(_ happening: Happening, at time: Int64) {
        added += 1
        heap.append(Entry(time: time, number: added, happening: happening))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, happening: Happening)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[parent] else { break }
            heap.swapAt(least, parent)
            parent = least
        }
        return (first.time, first.happening)
    }
}
