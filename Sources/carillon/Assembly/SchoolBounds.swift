import Synchronization

/// The schools each publisher is bound to, replaced at a reload; a publisher without entry may speak for all.
final class SchoolBounds: Sendable {
    private let bounds: Mutex<[String: Set<String>]>

    init(_ bounds: [String: Set<String>]) { self.bounds = Mutex(bounds) }

    subscript(publisher: String) -> Set<String>? { bounds.withLock { $0[publisher] } }

    func replace(_ bounds: [String: Set<String>]) { self.bounds.withLock { $0 = bounds } }
}
