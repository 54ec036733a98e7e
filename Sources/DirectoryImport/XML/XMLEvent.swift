/// What ``XMLReader`` reports, in the order of the file.
package enum XMLEvent: Hashable, Sendable {
    /// An element begins on `line` (from 1).
    case start(name: String, attributes: [XMLAttribute], line: Int)
    /// All text up to the next element or comment, joined, entities resolved. White space alone is not reported.
    case text(String)
    case end(name: String)
    case comment(String)
}

package struct XMLAttribute: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Bounds of one XML file; beyond any of them the file is refused.
package struct XMLLimits: Sendable {
    /// Elements inside each other; an AAF value stands at depth 5.
    package var depthMax = 32
    /// Names and values of one element's attributes together.
    package var attributeBytesMax = 64 * 1024
    /// One joined text.
    package var textBytesMax = 64 * 1024
    /// One tag or comment, which expat keeps whole.
    package var tokenBytesMax = 1024 * 1024
    /// Entities the file declares for itself; HTML 4 has 252.
    package var entityDeclarationsMax = 512

    package init() {}
}
