import Domain
import Store

/// The first names of the children a page's guardians are concerned through, for those with several: a parent of three asks which of them
/// a notification is about. Used on one thread.
struct SiblingNames {
    private let queue: QueueReader
    private let registry: RegistryReader

    /// Names that are shown; of a larger family the rest is an ellipsis.
    private static let namesMax = 6
    private static let nameCharactersMax = 30

    init(queue: QueueReader, registry: RegistryReader) {
        self.queue = queue
        self.registry = registry
    }

    /// By guardian, ready to be shown. Two statements where a slot says it has siblings, none otherwise; whoever lost a name says nothing.
    func names(of page: StoredPage, slots: [Int]) throws -> [PersonID: String] {
        let planned = page.plan.slots
        let guardians = Set(
            slots.lazy.filter { planned.indices.contains($0) && planned[$0].variant == Plan.Slot.ofSiblings }
                .map { planned[$0].person }
        )
        guard !guardians.isEmpty, let concerned = try queue.concerned(of: page.event, part: page.part).value else {
            return [:]
        }
        let entries = concerned.entries.filter { guardians.contains($0.person) && $0.role == .guardian }
        let children = try registry.firstNames(of: Set(entries.flatMap { $0.through.prefix(Self.namesMax + 1) }))
        var names: [PersonID: String] = [:]
        for entry in entries {
            let shown = entry.through.prefix(Self.namesMax + 1)
            let own = shown.compactMap { children[$0] }
            // Half of them would be wrong.
            guard own.count == shown.count else { continue }
            names[entry.person] = Self.list(own)
        }
        return names
    }

    /// `Lina, Noé`. Names of two directions of writing are kept apart.
    static func list(_ names: [String]) -> String {
        var shown = names.prefix(namesMax).map {
            PlainText.cleanLine($0).cut(graphemes: nameCharactersMax).withBalancedDirections
        }
        if shown.contains(where: \.hasRightToLeft), !shown.allSatisfy(\.hasRightToLeft) {
            shown = shown.map(\.isolated)
        }
        return shown.joined(separator: ", ") + (names.count > namesMax ? "…" : "")
    }
}
