import Cryptography
import Settings
import Store

/// The configured storage keys beside those the registry knows.
struct StorageKeyFacts {
    struct Key {
        var id: String
        var devices = 0
        /// Sealed before seals were bound to their rows; `storage reseal` binds them.
        var unbound = 0
        var isCurrent = false
        var isConfigured = false
        /// nil: the registry has not seen it yet.
        var isRight: Bool?
    }

    /// The configured first, in the order of the file.
    let keys: [Key]
    private let file: String

    /// - Throws: when there is no registry, or it cannot be read.
    init(_ settings: Settings) throws {
        let reader: RegistryReader
        var keys: [Key] = []
        do {
            reader = try settings.stores.registryReader(seal: nil)
            for key in settings.storage.keys {
                let known = try reader.isRight(.init(id: key.id, key: SymmetricKey(data: key.key.bytes)))
                keys.append(Key(id: key.id, isCurrent: keys.isEmpty, isConfigured: true, isRight: known))
            }
            for use in try reader.keyUses() {
                let index = keys.firstIndex { Array($0.id.utf8) == Array(use.id.utf8) }
                if index == nil { keys.append(Key(id: use.id)) }
                keys[index ?? keys.count - 1].devices = use.devices
                keys[index ?? keys.count - 1].unbound = use.unbound
            }
        } catch { throw OperatorError.store(error, in: settings.data) }
        self.keys = keys
        file = settings.storage.keyFile
    }

    /// For `config check` and `doctor`.
    var findings: [Finding] {
        var findings: [Finding] = []
        for key in keys {
            if key.isRight == false {
                var wrong = Finding.fail(
                    say("storage"),
                    say("the key \"\(key.id)\" in \(file) is not the one that sealed the registry"),
                    next: say("put the right key under that name, and give a new key a new name")
                )
                wrong.isFatal = true
                findings.append(wrong)
            } else if !key.isConfigured, key.devices > 0 {
                findings.append(
                    .fail(
                        say("storage"),
                        say(
                            "\(key.devices) devices are sealed with the key \"\(key.id)\", which is not in \(file): they cannot be rung"
                        ),
                        next: say("put it back behind the first, then: carillon storage reseal")
                    )
                )
            } else if !key.isCurrent, key.devices > 0 {
                findings.append(
                    .warn(
                        say("storage"),
                        say("the key \"\(key.id)\" still seals \(key.devices) devices: it must stay in \(file)"),
                        next: "carillon storage reseal"
                    )
                )
            }
        }
        if findings.isEmpty {
            let devices = keys.reduce(0) { $0 + $1.devices }
            findings.append(.ok(say("storage"), say("\(devices) devices are sealed with the first key")))
        }
        return findings
    }
}
