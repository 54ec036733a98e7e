import Domain

/// Finds the pupils that a guardian's record may mean: by names and class text, first letter by letter, then as people compare them.
struct ONDEIndex {
    private let pupils: [ONDEPupil]
    private var exact: [ExactText: [Int]] = [:]
    private var folded: [ExactText: [Int]] = [:]
    /// By names alone, folded.
    private var namesakes: [ExactText: [Int]] = [:]

    init(_ pupils: [ONDEPupil]) {
        self.pupils = pupils
        for (index, pupil) in pupils.enumerated() {
            exact[Self.exactKey(pupil.lastName, pupil.firstName, pupil.classLabel), default: []].append(index)
            folded[Self.foldedKey(pupil.lastName, pupil.firstName, pupil.classLabel), default: []].append(index)
            namesakes[Self.foldedKey(pupil.lastName, pupil.firstName, ""), default: []].append(index)
        }
    }

    /// Indices of the pupils: one is the child, several cannot be told apart, none is nobody of these names in this class.
    ///
    /// A usage name tells namesakes of one class apart when it is that of exactly one of them.
    func candidates(_ child: ONDEGuardian.Child) -> [Int] {
        let lastName = child.lastName.isEmpty ? child.usageName : child.lastName
        for label in Self.labels(child.classLabel) {
            if let found = exact[Self.exactKey(lastName, child.firstName, label)] { return told(found, child) }
        }
        for label in Self.labels(child.classLabel) {
            if let found = folded[Self.foldedKey(lastName, child.firstName, label)] { return told(found, child) }
        }
        return []
    }

    /// The pupils of these names in whatever class.
    func namesakes(_ child: ONDEGuardian.Child) -> [Int] {
        let lastName = child.lastName.isEmpty ? child.usageName : child.lastName
        return namesakes[Self.foldedKey(lastName, child.firstName, "")] ?? []
    }

    private func told(_ found: [Int], _ child: ONDEGuardian.Child) -> [Int] {
        guard found.count > 1, !child.usageName.isEmpty else { return found }
        let usageName = FoldedText.of(child.usageName)
        let same = found.filter { FoldedText.of(pupils[$0].usageName).hasSameBytes(as: usageName) }
        return same.count == 1 ? same : found
    }

    /// The whole text, and where it lists several classes each of them.
    private static func labels(_ text: String) -> [String] {
        let parts = text.split { ",;|\n".contains($0) }.map { $0.trimmingWhiteSpace() }
        return parts.count > 1 ? [text] + parts : [text]
    }

    private static func exactKey(_ lastName: String, _ firstName: String, _ label: String) -> ExactText {
        key([lastName, firstName, label].map { $0.split { $0 == " " || $0 == "\t" }.joined(separator: " ") })
    }

    private static func foldedKey(_ lastName: String, _ firstName: String, _ label: String) -> ExactText {
        key([lastName, firstName, label].map(FoldedText.of))
    }

    private static func key(_ parts: [String]) -> ExactText { ExactText(parts.joined(separator: "\u{0}")) }
}
