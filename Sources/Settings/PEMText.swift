/// The private key of a PEM file.
package enum PEMText {
    /// From the line that begins the first private key to the one that ends it, lines ended by LF; the file as it is when it has none.
    ///
    /// > "Data before the encapsulation boundaries are permitted, and parsers MUST NOT malfunction when processing such data." [RFC 7468 §2]
    ///
    /// The library takes such text for damage, and so it takes a second key behind the first.
    package static func privateKey(in bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(omittingEmptySubsequences: true) { $0 == 0x0A || $0 == 0x0D }.map { line in
            line[...(line.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? line.startIndex)]
        }
        func isEdge(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
            line.starts(with: "-----\(word) ".utf8) && line.reversed().starts(with: "PRIVATE KEY-----".utf8.reversed())
        }
        guard let first = lines.firstIndex(where: { isEdge($0, "BEGIN") }),
            let last = lines[first...].firstIndex(where: { isEdge($0, "END") })
        else { return bytes }
        return Array(lines[first...last].joined(separator: [0x0A])) + [0x0A]
    }
}
