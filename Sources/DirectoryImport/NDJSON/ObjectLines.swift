import Domain

/// Reads a file of one JSON object a line, in bounded memory. One wrong line refuses the whole file; all are counted and the first named.
struct ObjectLines {
    let file: String
    let lineBytesMax: Int

    /// - Parameters:
    ///   - fill: puts bytes at the start of the buffer and returns their number; 0 means the end.
    ///   - understand: makes something of a line's object.
    ///   - sink: takes it, until the first mistake: then there is nothing more to be had from the file.
    /// - Returns: the number of things handed to `sink`.
    /// - Throws: ``ExportError``, what `fill` or `sink` threw.
    func read<Thing>(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        _ understand: (JSONObject, Int) throws(LineError) -> Thing,
        into sink: (Thing) throws -> Void
    ) throws -> Int {
        var count = 0
        var faults = RecordFaults(file: file)
        var lines = LineReader(file: file, lineBytesMax: lineBytesMax)
        try lines.read(from: fill) { bytes, number in
            let thing: Thing
            do throws(LineError) {
                guard let bytes else { throw .lineTooLong(lineBytesMax) }
                thing = try understand(try Self.object(bytes), number)
            } catch { return faults.add(line: number, error.sentence) }
            guard faults.total == 0 else { return }
            count += 1
            try sink(thing)
        }
        try faults.check()
        return count
    }

    private static func object(_ bytes: ArraySlice<UInt8>) throws(LineError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(bytes, depthMax: 8)
        } catch { throw error.kind == .notUTF8 ? .notUTF8(error.offset) : .notJSON(error) }
        guard let object = value.object else { throw .notObject }
        return object
    }
}
