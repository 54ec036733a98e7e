import Cryptography
import Domain
import Store
import Testing

/// Heads of the audit log that a key proves.
enum SealCases {
    static let all = [StoreCase("a head is proven by its key, and by no other", heads)]

    private static func seal(_ byte: UInt8) -> AuditSeal {
        AuditSeal(keys: [.init(id: "a1", key: SymmetricKey(data: [UInt8](repeating: byte, count: 32)))])
    }

    private static func heads(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            for number in 1...2 {
                let order = InstantOperation(actor: "lea", verb: "x", filter: "\(number)", why: "", changed: 0)
                _ = try await queue.keep(order, now: now)
            }
            let reader = try place.stores.queueReader()
            let head = try reader.auditHead(at: now, seal: seal(1))
            #expect(head.key == "a1" && AuditHead(head.object) == head && seal(1).currentKey == "a1")
            // An engine's own log has no key here, so that its end is not proven by one.
            let unsealed = try reader.verifyAudit(seal: seal(1), heads: [head])
            #expect(unsealed.broken?.contains("is not sealed with the key") == true && unsealed.heads == 1)
            let forged = try reader.verifyAudit(seal: seal(2), heads: [head])
            #expect(forged.broken?.contains("was not written with the key") == true)
            let plain = try reader.verifyAudit(heads: [head])
            #expect(plain.broken == nil && plain.heads == 1 && plain.sealed == 0 && plain.key == nil)
        }
    }
}
