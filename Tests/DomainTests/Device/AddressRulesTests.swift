// swift-format-ignore-file: NeverForceUnwrap

import Domain
import Glibc
import Testing

struct AddressRulesTests {
    /// First and last of each block, and its neighbours outside.
    static let closed = [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0",
        "192.0.0.170", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1", "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0",
        "224.0.0.251", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
        "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::192.168.1.1", "64:ff9b::",
        "64:ff9b::255.255.255.255", "64:ff9b:1::8.8.8.8", "64:ff9b:1:ffff::1", "64:ff9b:0:0:0:1:808:808", "100::",
        "100::1", "1fff:ffff::1", "2001::", "2001:0:808:808::1", "2001:0:5ef5:79fd::1", "2001:2::1", "2001:10::1",
        "2001:20::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002:0a00:0001::1", "2002:7f00:0001::1", "2002:c0a8:0101::1", "2002:808:808::1", "3fff::1",
        "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::1", "febf::1", "fec0::1", "feff::1", "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]

    static let open = [
        "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "17.0.0.1", "100.63.255.255", "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0", "142.250.75.10", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2600:1901::1",
        "2620:149:af0::10", "2a00:1450:4007:80e::200a", "3ffe:ffff::1", "3fff:1000::1", "64:ff9b::8.8.8.8",
        "64:ff9b::142.250.75.10",
    ]

    @Test(arguments: closed)
    func `an address that is not of the public internet is closed`(address: String) throws {
        #expect(!AddressRules.isPublic(try bytes(address)))
    }

    @Test(arguments: open)
    func `an address of the public internet is open, the neighbours of the closed ones too`(address: String) throws {
        #expect(AddressRules.isPublic(try bytes(address)))
    }

    @Test(arguments: [0, 1, 3, 5, 8, 15, 17, 32])
    func `what is no address is closed`(count: Int) {
        #expect(!AddressRules.isPublic([UInt8](repeating: 8, count: count)))
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
        let family = text.contains(":") ? AF_INET6 : AF_INET
        try #require(inet_pton(family, text, &bytes) == 1)
        return bytes
    }
}
