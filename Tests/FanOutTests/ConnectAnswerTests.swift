import FanOut
import TestSupport
import Testing

/// What a proxy may answer to CONNECT, without sockets.
struct ConnectAnswerTests {
    static let table: [(String, ConnectAnswer.Progress)] = [
        ("HTTP/1.1 200 Connection established\r\n\r\n", .established),
        ("HTTP/1.0 200\r\nVia: x\r\n\r\n", .established),
        ("HTTP/1.1 204 \r\nContent-Length: 5\r\n\r\n", .established),
        ("HTTP/1.1 200 OK\nVia: x\n\n", .established),
        ("HTTP/1.1 103 Early\r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", .established),
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", .refused(status: 407)),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nbody", .refused(status: 502)),
        ("HTTP/1.1 200 OK\r\nVia: x\r\n", .needsMore), ("HTTP/1.1 200 OK\r\n", .needsMore), ("", .needsMore),
        ("HTTP/1.1 200 OK\r\n\r\nx", .malformed("bytes after the answer to CONNECT")),
        ("HTTP/2 200\r\n\r\n", .malformed("no HTTP answer to CONNECT")),
        ("HTTP/1.1 20\r\n\r\n", .malformed("no HTTP answer to CONNECT")),
        ("HTTP/1.1 2000 OK\r\n\r\n", .malformed("no HTTP answer to CONNECT")),
        ("HTTP/1.1 999 OK\r\n\r\n", .malformed("no HTTP answer to CONNECT")),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", .malformed("no HTTP answer to CONNECT")),
        ("SSH-2.0-OpenSSH\r\n", .malformed("no HTTP answer to CONNECT")),
    ]

    @Test(arguments: table)
    func `the answer is read in one piece and byte by byte alike`(text: String, verdict: ConnectAnswer.Progress) {
        var whole = ConnectAnswer()
        #expect(whole.receive(text.utf8) == verdict)
        var bytewise = ConnectAnswer()
        var last = ConnectAnswer.Progress.needsMore
        for byte in text.utf8 { last = bytewise.receive(CollectionOfOne(byte)) }
        #expect(last == verdict)
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Go on\r\n\r\n", ""])
    func `an answer without end is given up at 8 KiB`(head: String) {
        var answer = ConnectAnswer()
        _ = answer.receive(head.utf8)
        var last = ConnectAnswer.Progress.needsMore
        for _ in 0...ConnectAnswer.bytesMax { last = answer.receive("x".utf8) }
        guard case .malformed = last else {
            Issue.record("\(last)")
            return
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `mutated answers give the same verdict however they are cut, and none is established by accident`(seed: UInt64)
    {
        var random = SeededRandom(seed: seed)
        for round in 0..<2000 {
            var bytes = Array(Self.table[Int.random(in: 0..<Self.table.count, using: &random)].0.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            var whole = ConnectAnswer()
            let verdict = whole.receive(bytes)
            var pieces = ConnectAnswer()
            var last = ConnectAnswer.Progress.needsMore
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                last = pieces.receive(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(last == verdict, "seed \(seed) round \(round)")
            if verdict == .established { #expect(isSuccess(bytes), "seed \(seed) round \(round)") }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where at < bytes.count: bytes.remove(at: at)
        case 1 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.insert(contentsOf: bytes[..<at], at: at)
        default: bytes.insert([0x0d, 0x0a, 0x20, 0x32, 0].randomElement(using: &random) ?? 0, at: at)
        }
    }

    /// A plain second reading: the last head begins with a 2xx, and the input ends with its blank line.
    private func isSuccess(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            line.last == 0x0d ? Array(line.dropLast()) : Array(line)
        }
        guard lines.last == [], lines.dropLast().last == [] else { return false }
        let heads = lines.dropLast(2).split(separator: [])
        return heads.last?.first.map { $0.count >= 12 && $0.starts(with: "HTTP/1.".utf8) && $0[9] == 0x32 } ?? false
    }
}
