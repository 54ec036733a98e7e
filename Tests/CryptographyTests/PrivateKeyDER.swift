import Foundation

/// Private keys in ASN.1 as no generator writes them.
enum PrivateKeyDER {
    static let p256 = bytes("06 08 2a8648ce3d030107")
    static let p384 = bytes("06 05 2b81040022")
    static let secp256k1 = bytes("06 05 2b8104000a")
    /// P-256 as numbers instead of its name [RFC 3279 §2.3.5].
    static let p256InNumbers = bytes(
        "3081f7 020101 302c 06072a8648ce3d0101 022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
            + "305b 0420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"
            + "04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
            + "031500c49d360886e704936a6678e1139d26b7819f7e90"
            + "0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
            + "022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551 020101"
    )

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        switch content.count {
        case ..<128: [tag, UInt8(content.count)] + content
        case ..<256: [tag, 0x81, UInt8(content.count)] + content
        default: [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
        }
    }

    /// `ECPrivateKey` [RFC 5915 §3].
    static func sec1(_ scalar: [UInt8], curve: [UInt8]? = p256, point: [UInt8]?) -> [UInt8] {
        var content = element(0x02, [1]) + element(0x04, scalar)
        if let curve { content += element(0xA0, curve) }
        if let point { content += element(0xA1, element(0x03, [0] + point)) }
        return element(0x30, content)
    }

    /// `PrivateKeyInfo` [RFC 5208 §5].
    static func pkcs8(_ scalar: [UInt8], curve: [UInt8] = p256, point: [UInt8]?) -> [UInt8] {
        let algorithm = element(0x30, bytes("06 07 2a8648ce3d0201") + curve)
        return element(0x30, [2, 1, 0] + algorithm + element(0x04, sec1(scalar, curve: nil, point: point)))
    }

    static func pem(_ label: String, _ der: [UInt8]) -> String {
        let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
    }
}
