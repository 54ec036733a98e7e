/// One system that may post: who it is, whom it may speak for, how it proves itself.
package struct PublisherSettings: Sendable {
    package enum Right: String, Sendable, CaseIterable {
        case events, directory, urgent, persons
    }

    package var name: String
    /// CloudEvents sources it may speak as; empty means any.
    package var sources: [String]
    /// UAI codes; nil means every school (`["*"]`).
    package var schools: Set<String>?
    package var rights: Set<Right>
    /// Standard Webhooks secrets, all live. Empty when there is no `secretsFile` or secrets were not read.
    package var secrets: [Secret]
    /// Hashes of publisher keys. Empty when there is no `keysFile` or secrets were not read.
    package var keys: [PublisherKeyHash]
    /// Where it wants to be told how its events stand; nil: nowhere.
    package var callback: Callback?
    /// The file of the keys' hashes; nil without one.
    package var keysFile: String?

    /// Standard Webhooks, signed with every secret.
    package struct Callback: Sendable {
        package var url: String
        /// Empty when secrets were not read.
        package var secrets: [Secret]
        /// After acceptance, when the event has not ended by then.
        package var afterSeconds: Int
    }
}
