/// Reads JSON strictly after RFC 8259: UTF-8 only, no duplicate names, bounded depth, linear cost.
///
/// Two liberties that §8 leaves to a reader: a byte order mark before the text is skipped (§8.1), and the escape of a surrogate without
/// its other half becomes U+FFFD (§8.2), as emoji cut in the middle by the writer's own limits come.
///
/// Foundation's parser is not used because it keeps neither the numbers' text nor the members' order, silently takes the last
/// of two equal names and costs about ten times as much on a small event.
package enum JSONParser {
    /// Depth no caller can exceed: the parser recurses once per level.
    package static let depthCeiling = 256
    /// Longest name of a member, unless the caller allows more: what it stored itself before this bound was there.
    package static let nameBytesMax = 256

    /// Reads one value; `depthMax` nested arrays and objects are allowed, at most ``depthCeiling``.
    package static func parse(_ bytes: [UInt8], depthMax: Int = 32, nameBytesMax: Int = nameBytesMax) throws(JSONError)
        -> JSONValue
    {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try parse(buffer, depthMax: depthMax, nameBytesMax: nameBytesMax) }
        }.get()
    }

    package static func parse(_ bytes: ArraySlice<UInt8>, depthMax: Int = 32, nameBytesMax: Int = nameBytesMax)
        throws(JSONError)
        -> JSONValue
    {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try parse(buffer, depthMax: depthMax, nameBytesMax: nameBytesMax) }
        }.get()
    }

    package static func parse(_ text: String, depthMax: Int = 32, nameBytesMax: Int = nameBytesMax) throws(JSONError)
        -> JSONValue
    {
        try parse(Array(text.utf8), depthMax: depthMax, nameBytesMax: nameBytesMax)
    }

    package static func parse(_ bytes: UnsafeRawBufferPointer, depthMax: Int = 32, nameBytesMax: Int = nameBytesMax)
        throws(JSONError)
        -> JSONValue
    {
        try UTF8Check.run(bytes)
        var reader = JSONReader(bytes, depthMax: min(depthMax, depthCeiling), nameBytesMax: nameBytesMax)
        let value = try reader.value()
        try reader.end()
        return value
    }

    /// An element of the outermost array with the bytes it was written in.
    package struct Element: Hashable, Sendable {
        package var value: JSONValue
        /// 0-based range in the text, without the white space around.
        package var range: Range<Int>
    }

    /// Reads an array and keeps the byte range of each element; nil when the text is valid JSON but no array.
    package static func parseElements(_ bytes: [UInt8], depthMax: Int = 32) throws(JSONError) -> [Element]? {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) -> [Element]? in
                try UTF8Check.run(buffer)
                var reader = JSONReader(buffer, depthMax: min(depthMax, depthCeiling), nameBytesMax: nameBytesMax)
                let elements = try reader.elements()
                try reader.end()
                return elements
            }
        }.get()
    }
}
