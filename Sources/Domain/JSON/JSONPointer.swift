/// A place in a JSON document [RFC 6901]: `/data/audience/0`.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The pointer's own text, `~` and `/` of names escaped; empty is the whole document.
    package let description: String

    /// The whole document.
    package static let root = JSONPointer(stringLiteral: "")

    package init(stringLiteral value: String) { description = value }

    /// The member of that name below this place.
    package func member(_ name: String) -> JSONPointer {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return JSONPointer(stringLiteral: description + "/" + name)
        }
        var escaped: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): escaped += Array("~0".utf8)
            case UInt8(ascii: "/"): escaped += Array("~1".utf8)
            default: escaped.append(byte)
            }
        }
        return JSONPointer(stringLiteral: description + "/" + String(decoding: escaped, as: UTF8.self))
    }

    /// The array element below this place, from 0.
    package func index(_ index: Int) -> JSONPointer { JSONPointer(stringLiteral: "\(description)/\(index)") }
}
