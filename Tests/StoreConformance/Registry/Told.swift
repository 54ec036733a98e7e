import Synchronization

/// What an observer was told since it was last asked; from any thread.
final class Told<Element: Hashable & Sendable>: Sendable {
    private let elements = Mutex<Set<Element>>([])

    func add(_ more: [Element]) { elements.withLock { $0.formUnion(more) } }

    func take() -> Set<Element> {
        elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }
}
