package enum DeviceState: Int, Hashable, Sendable, CaseIterable {
    case active = 0
    /// A provider called its target malformed or foreign: not rung until it registers again.
    case suspect = 1
    /// The provider proved its target gone.
    case disabled = 2
    /// Another account holds the phone that it names; active, and the other's no more, when the provider accepts something for it. Not in
    /// the column `state`, which says what the provider thinks of the target.
    case unproven = 4

    package var word: String { "\(self)" }
}
