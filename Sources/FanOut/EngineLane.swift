/// Names a lane towards the engine; the caller chooses the numbers.
package struct EngineLane: Hashable, Sendable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) {
        self.number = number
    }

    package var description: String { "lane \(number)" }
}
