import Settings
import Testing

struct HostAndPortTests {
    @Test(
        arguments: [
            ("127.0.0.1:8080", HostAndPort(host: "127.0.0.1", port: 8080)),
            ("gateway.example.org:80", HostAndPort(host: "gateway.example.org", port: 80)),
            ("[::1]:0", HostAndPort(host: "::1", port: 0)),
            ("[fe80::1%eth0]:9090", HostAndPort(host: "fe80::1%eth0", port: 9090)),
            ("h:65535", HostAndPort(host: "h", port: 65_535)),
            ("h:8_080", HostAndPort(host: "h", port: 8080)),
            ("h:65536", nil), ("h:-1", nil), ("h:", nil), ("h:x", nil), ("h:+1", nil), ("h: 1", nil),
            ("localhost", nil), ("::1:80", nil), ("[::1]", nil), ("[::1]80", nil), ("[::1:80", nil), ("[]:80", nil),
            (":80", nil), ("", nil), (":", nil), ("a b:1", nil),
            // A listener of host and port is never a socket's path.
            ("/run/x.sock", nil), ("/", nil), ("run/x.sock", nil),
        ] as [(String, HostAndPort?)]
    )
    func `an address is host and port, of IPv6 in brackets`(text: String, address: HostAndPort?) {
        #expect(HostAndPort(text) == address)
    }

    @Test(arguments: ["127.0.0.1:8080", "[::1]:0", "gateway.example.org:80"])
    func `an address is written as it is read`(text: String) {
        #expect(HostAndPort(text)?.description == text)
    }
}
