package import Crypto

/// Makes the two certificates of the TLS listener: an authority of its own and a server certificate for loopback.
package enum Certificate {
    private static let ecdsaWithSHA256 = DER.sequence(DER.objectIdentifier(1, 2, 840, 10045, 4, 3, 2))
    private static let lifetimeSeconds: Int64 = 825 * 86_400

    /// PEM of an authority's own certificate, valid from the day before `now` (seconds since 1970), for clocks that are behind.
    package static func authority(key: P256.Signing.PrivateKey, now: Int64) throws -> String {
        try certificate(
            subject: authorityName,
            key: key.publicKey,
            issuerKey: key,
            now: now,
            extensions: [
                certificateExtension(19, isCritical: true, DER.sequence(DER.true)),
                // keyCertSign and cRLSign.
                certificateExtension(15, isCritical: true, DER.bitString([0x06], unusedBits: 1)),
            ]
        )
    }

    /// For `localhost`, `127.0.0.1` and `::1`.
    ///
    /// - Parameters:
    ///   - key: The server's.
    ///   - authority: The authority's, which signs.
    ///   - now: Seconds since 1970.
    /// - Returns: PEM.
    /// - Throws: When the authority's key cannot sign.
    package static func server(
        key: P256.Signing.PublicKey,
        authority: P256.Signing.PrivateKey,
        now: Int64
    ) throws -> String {
        let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
        let names = DER.sequence(
            DER.context(2, Array("localhost".utf8), constructed: false),
            DER.context(7, [127, 0, 0, 1], constructed: false),
            DER.context(7, loopback6, constructed: false)
        )
        return try certificate(
            subject: name("localhost"),
            key: key,
            issuerKey: authority,
            now: now,
            extensions: [
                certificateExtension(19, isCritical: true, DER.sequence()),
                // digitalSignature.
                certificateExtension(15, isCritical: true, DER.bitString([0x80], unusedBits: 7)),
                certificateExtension(37, DER.sequence(DER.objectIdentifier(1, 3, 6, 1, 5, 5, 7, 3, 1))),
                certificateExtension(17, names),
            ]
        )
    }

    private static let authorityName = name("Carillon simulator authority")

    private static func name(_ commonName: String) -> [UInt8] {
        DER.sequence(DER.set(DER.sequence(DER.objectIdentifier(2, 5, 4, 3), DER.utf8String(commonName))))
    }

    /// An extension of id-ce.
    private static func certificateExtension(_ number: UInt32, isCritical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        DER.sequence(DER.objectIdentifier(2, 5, 29, number), isCritical ? DER.true : [], DER.octetString(value))
    }

    private static func keyIdentifier(_ key: P256.Signing.PublicKey) -> [UInt8] {
        Array(Insecure.SHA1.hash(data: key.x963Representation))
    }

    private static func certificate(
        subject: [UInt8],
        key: P256.Signing.PublicKey,
        issuerKey: P256.Signing.PrivateKey,
        now: Int64,
        extensions: [[UInt8]]
    ) throws -> String {
        let identifiers = [
            certificateExtension(14, DER.octetString(keyIdentifier(key))),
            certificateExtension(
                35,
                DER.sequence(DER.context(0, keyIdentifier(issuerKey.publicKey), constructed: false))
            ),
        ]
        let serial = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        let signed = DER.sequence(
            DER.context(0, DER.integer([2]), constructed: true),
            DER.integer(serial),
            ecdsaWithSHA256,
            authorityName,
            DER.sequence(DER.utcTime(seconds: now - 86_400), DER.utcTime(seconds: now + lifetimeSeconds)),
            subject,
            Array(key.derRepresentation),
            DER.context(3, DER.sequence((extensions + identifiers).flatMap(\.self)), constructed: true)
        )
        let signature = try issuerKey.signature(for: signed).derRepresentation
        return DER.pem(DER.sequence(signed, ecdsaWithSHA256, DER.bitString(Array(signature))), label: "CERTIFICATE")
    }
}
