import CDocuments
import Domain
import Glibc
import Store

/// The French of the operator's sentences: `fr.json` beside this file, in the executable.
enum FrenchCatalogue {
    /// By the English.
    static let sentences: [String: String] = {
        let document = carillon_operator_french()
        do {
            let bytes = [UInt8](UnsafeBufferPointer(start: document.bytes, count: document.count))
            let members = try JSONParser.parse(bytes).object ?? JSONObject()
            return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? $0.name) })
        } catch { preconditionFailure("fr.json is no JSON: \(error)") }
    }()
}

/// What the system says of an error.
func systemText(_ number: Int32 = errno) -> String { say(known: String(cString: strerror(number))) }

extension StoreError {
    /// ``sentence`` in the person's language, where it is a fixed one.
    var said: String { say(known: sentence) }
}

extension UnreadableRowError {
    /// ``description`` in the person's language.
    var said: String {
        switch cause {
        case .damaged: say("\(name) is damaged")
        case .unknownKey(let key): say("\(name) is sealed by storage key \(key), which is not configured")
        case .incomplete: say("\(name) is incomplete")
        }
    }
}
