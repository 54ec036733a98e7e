/// How one provider's address is written in a registration.
package protocol TargetForm: Sendable {
    /// The word of the member `provider`.
    var provider: String { get }

    /// The address; nil when something about it is wrong, which is reported to `members`.
    func target(_ members: inout RegistrationMembers) -> Target?
}
