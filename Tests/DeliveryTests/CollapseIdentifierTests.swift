import Domain
import Testing

@testable import Delivery

/// The name under which a second copy of a publication replaces the first on a phone.
struct CollapseIdentifierTests {
    private let identifier = CollapseIdentifier(installationKey: [UInt8](repeating: 7, count: 32))

    private func text(_ event: Int64, _ user: String, isRecap: Bool = false) -> String {
        identifier.text(CollapseIdentifier.prefix(EventID(rawValue: event), isRecap: isRecap), user: user)
    }

    /// By Python: hmac.new(bytes([7] * 32), b"E-7u-1", "sha256").hexdigest()[:32].
    @Test func `it is the first half of an HMAC, and the same after each restart`() {
        #expect(text(7, "u-1") == "c62cea3d82aba0319490ab87924985d7")
        #expect(text(7, "u-1", isRecap: true) == "c549df06c9e94ec4699de2263ac5e5ac")
    }

    @Test func `events, receivers, recaps and installations are apart`() {
        let other = CollapseIdentifier(installationKey: [UInt8](repeating: 8, count: 32))
        let all = [
            text(7, "u-1"), text(8, "u-1"), text(7, "u-2"), text(7, ""), text(7, "u-1", isRecap: true),
            other.text(CollapseIdentifier.prefix(EventID(rawValue: 7), isRecap: false), user: "u-1"),
        ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.utf8.count == CollapseIdentifier.count })
    }
}
