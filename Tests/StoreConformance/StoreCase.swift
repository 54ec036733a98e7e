/// What every engine promises, said in a sentence and checked in a place that is empty before.
package struct StoreCase: Sendable, CustomStringConvertible {
    package let description: String
    package let check: @Sendable (StorePlace) async throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (StorePlace) async throws -> Void) {
        description = sentence
        self.check = check
    }

    /// Room by room.
    package static let all = OpeningCases.all
}
