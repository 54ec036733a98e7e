import Crypto
import Cryptography
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4, the examples of NIST.
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
    )
    func `the examples of the standard`(text: String, hash: String) {
        #expect(Cryptography.SHA256.hash(text) == bytes(hash))
        #expect(Cryptography.SHA256.hash(Array(text.utf8)) == bytes(hash))
    }

    @Test func `the other library finds the same hash for every length about the blocks`() {
        var sample = SampleBytes(seed: 1)
        for count in 0...200 {
            let message = sample.next(count)
            #expect(Cryptography.SHA256.hash(message) == Array(Crypto.SHA256.hash(data: message)))
        }
    }

    @Test func `a hash made in pieces is that of the whole`() {
        var sample = SampleBytes(seed: 2)
        let message = sample.next(300)
        for cut in stride(from: 0, through: 300, by: 7) {
            var hash = Cryptography.SHA256()
            hash.update(Array(message[..<cut]))
            hash.update([])
            message[cut...].withUnsafeBytes { hash.update($0) }
            #expect(hash.finalize() == Cryptography.SHA256.hash(message))
        }
    }

    @Test func `a copy goes on by itself`() {
        var first = Cryptography.SHA256()
        first.update("a common beginning, ")
        var second = first
        first.update("one end")
        second.update("another end"[...])
        #expect(first.finalize() == Cryptography.SHA256.hash("a common beginning, one end"))
        #expect(second.finalize() == Cryptography.SHA256.hash("a common beginning, another end"))
    }

    @Test func `text is hashed as UTF-8`() {
        let text = "Année scolaire · élèves"
        #expect(Cryptography.SHA256.hash(text) == Array(Crypto.SHA256.hash(data: Array(text.utf8))))
        #expect(
            Cryptography.SHA256.hash(text.dropFirst(6))
                == Array(Crypto.SHA256.hash(data: Array("scolaire · élèves".utf8)))
        )
    }
}
