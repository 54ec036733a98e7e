import Domain
import Settings
import Testing

struct PublisherKeyHashTests {
    private static let hash = String(repeating: "0a", count: 32)

    @Test func `a line has a key's id and hash, and when it ends`() throws {
        let plain = try #require(PublisherKeyHash(line: "k1 sha256:\(Self.hash)"))
        #expect(plain.id == "k1" && plain.sha256 == Array(repeating: 10, count: 32) && plain.until == nil)
        let line = "k1 sha256:\(Self.hash) until=2026-12-24T18:00:00Z"
        let ending = try #require(PublisherKeyHash(line: line))
        #expect(ending.until == Instant(rfc3339: "2026-12-24T18:00:00Z"))
        #expect(PublisherKeyHash(line: ending.line) == ending)
        #expect(PublisherKeyHash(line: plain.line) == plain)
    }

    @Test(arguments: [
        "k1", "k1 sha256:0a", "k1 md5:\(hash)", "k1 sha256:\(hash) until=tomorrow",
        "k1 sha256:\(hash) 2026-12-24T18:00:00Z",
        "k1 sha256:\(hash) until=2026-12-24T18:00:00Z more",
    ])
    func `anything else is no line`(_ line: String) {
        #expect(PublisherKeyHash(line: line) == nil)
    }
}
