/// Reads a proxy's answer to `CONNECT`: status line and fields up to the blank line [RFC 9112 §4, §9.3.6 of RFC 9110]. Of the
/// fields none matters: a 2xx has no body, and any other answer ends the connection.
package struct ConnectAnswer: Sendable {
    package enum Progress: Sendable, Equatable {
        case needsMore
        /// The tunnel begins after the last byte.
        case established
        case refused(status: Int)
        case malformed(String)
    }

    /// All heads together, informational ones included.
    package static let bytesMax = 8 << 10

    private var line: [UInt8] = []
    private var count = 0
    /// Of the head being read; nil before its status line.
    private var status: Int?
    private var verdict = Progress.needsMore

    package init() {}

    /// Takes what the proxy sent. After a verdict nothing changes it, but bytes after an established tunnel: a TLS server does
    /// not speak first, so they are not its.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> Progress {
        for byte in bytes {
            switch verdict {
            case .needsMore: verdict = take(byte)
            case .established: verdict = .malformed("bytes after the answer to CONNECT")
            case .refused, .malformed: return verdict
            }
        }
        return verdict
    }

    private mutating func take(_ byte: UInt8) -> Progress {
        count += 1
        guard count <= Self.bytesMax else { return .malformed("an answer to CONNECT beyond \(Self.bytesMax) bytes") }
        guard byte == UInt8(ascii: "\n") else {
            line.append(byte)
            return .needsMore
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer { line.removeAll(keepingCapacity: true) }
        guard let status else {
            self.status = Self.status(of: line)
            return self.status == nil ? .malformed("no HTTP answer to CONNECT") : .needsMore
        }
        guard line.isEmpty else { return .needsMore }
        switch status {
        case 100..<200:
            self.status = nil
            return .needsMore
        case 200..<300: return .established
        default: return .refused(status: status)
        }
    }

    /// `HTTP/1.x NNN`, then a space and anything, or nothing.
    private static func status(of line: [UInt8]) -> Int? {
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), isDigit(line[7]), line[8] == UInt8(ascii: " "),
            line[9..<12].allSatisfy(isDigit), line.count == 12 || line[12] == UInt8(ascii: " ")
        else { return nil }
        let status = line[9..<12].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (100..<600).contains(status) ? status : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
