import Domain

extension SettingsSection {
    func server() -> Settings.Server {
        let server = Settings.Server(
            trustedProxies: strings("trustedProxies", default: Settings.Server().trustedProxies)
        )
        for text in server.trustedProxies where !NumericAddress.isAddress(text) {
            reader.mistake(
                key("trustedProxies"),
                origin(of: "trustedProxies"),
                value: text,
                "must be IPv4 or IPv6 addresses, without a port or a mask"
            )
        }
        close()
        return server
    }

    func devices() -> Settings.Devices {
        let devices = Settings.Devices(allowedOrigins: strings("allowedOrigins", default: []))
        for text in devices.allowedOrigins where !Self.isOrigin(text) {
            reader.mistake(
                key("allowedOrigins"),
                origin(of: "allowedOrigins"),
                value: text,
                "must be origins as browsers write them: https://host or https://host:port, lower case, nothing behind"
            )
        }
        close()
        return devices
    }

    /// Serialized as in the `Origin` header [RFC 6454 §6.2]: the default port is left out.
    private static func isOrigin(_ text: String) -> Bool {
        for (scheme, port) in [("https://", 443), ("http://", 80)] where text.hasPrefix(scheme) {
            let authority = text.dropFirst(scheme.count)
            guard authority.allSatisfy({ $0.isASCII && !$0.isUppercase && $0 != "/" && $0 != "?" && $0 != "#" }),
                let found = PushEndpoint.split(authority)
            else { return false }
            return !found.host.isEmpty && found.port != port
        }
        return false
    }
}

/// An address written in numbers, as far as the shape goes.
private enum NumericAddress {
    static func isAddress(_ text: String) -> Bool {
        if text.utf8.contains(UInt8(ascii: ":")) {
            return text.utf8.count <= 45
                && text.utf8.allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && (Int(part) ?? 256) < 256
            }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }
}
