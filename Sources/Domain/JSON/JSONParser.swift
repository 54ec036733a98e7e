/// Reads JSON strictly after RFC 8259: UTF-8 only, no byte order mark, no duplicate names, bounded depth.
///
/// Foundation's parser is not used because it keeps neither the numbers' text nor the members' order, silently takes the last
/// of two equal names and costs about ten times as much on a small event.
package enum JSONParser {
    /// Depth no caller can exceed: the parser recurses once per level.
    package static let depthCeiling = 256

    /// Reads one value; `depthMax` nested arrays and objects are allowed, at most ``depthCeiling``.
    package static func parse(_ bytes: [UInt8], depthMax: Int = 32) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try parse(buffer, depthMax: depthMax) }
        }.get()
    }

    package static func parse(_ bytes: ArraySlice<UInt8>, depthMax: Int = 32) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try parse(buffer, depthMax: depthMax) }
        }.get()
    }

    package static func parse(_ text: String, depthMax: Int = 32) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), depthMax: depthMax)
    }

    package static func parse(_ bytes: UnsafeRawBufferPointer, depthMax: Int = 32) throws(JSONError) -> JSONValue {
        try UTF8Check.run(bytes)
        var reader = JSONReader(bytes, depthMax: min(depthMax, depthCeiling))
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
                var reader = JSONReader(buffer, depthMax: min(depthMax, depthCeiling))
                let elements = try reader.elements()
                try reader.end()
                return elements
            }
        }.get()
    }
}
