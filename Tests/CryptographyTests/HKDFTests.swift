import Crypto
import Cryptography
import Testing

@Suite struct HKDFTests {
    struct Vector {
        var inputKey: [UInt8]
        var salt: [UInt8]
        var info: [UInt8]
        var pseudoRandomKey: String
        var output: String
    }

    /// RFC 5869, A.1 to A.3.
    static let vectors = [
        Vector(
            inputKey: [UInt8](repeating: 0x0B, count: 22),
            salt: Array(0x00...0x0C),
            info: Array(0xF0...0xF9),
            pseudoRandomKey: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        Vector(
            inputKey: Array(0x00...0x4F),
            salt: Array(0x60...0xAF),
            info: Array(0xB0...0xFF),
            pseudoRandomKey: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        Vector(
            inputKey: [UInt8](repeating: 0x0B, count: 22),
            salt: [],
            info: [],
            pseudoRandomKey: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ]

    @Test(arguments: vectors)
    func `RFC 5869`(vector: Vector) {
        let key = Cryptography.HKDF.extract(salt: vector.salt, inputKey: vector.inputKey)
        #expect(key == bytes(vector.pseudoRandomKey))
        let expected = bytes(vector.output)
        #expect(Cryptography.HKDF.expand(key, info: vector.info, count: expected.count) == expected)
    }

    @Test(arguments: [1, 12, 16, 31, 32, 33, 64, 65, 255, 8160])
    func `the other library derives the same`(count: Int) {
        var sample = SampleBytes(seed: UInt64(count))
        let inputKey = sample.next(32)
        let salt = sample.next(16)
        let info = sample.next(144)
        let theirs = Crypto.HKDF<Crypto.SHA256>.deriveKey(
            inputKeyMaterial: Crypto.SymmetricKey(data: inputKey),
            salt: salt,
            info: info,
            outputByteCount: count
        )
        let ours = Cryptography.HKDF.expand(
            Cryptography.HKDF.extract(salt: salt, inputKey: inputKey),
            info: info,
            count: count
        )
        #expect(ours == theirs.withUnsafeBytes { Array($0) })
    }
}
