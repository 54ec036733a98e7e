/// What is said of a publication kind before anybody has chosen.
package struct KindSwitch: Hashable, Sendable {
    /// The administrator's word, over everybody's.
    package var isDisabled: Bool
    /// Off until a person switches it on.
    package var push: Bool

    package init(isDisabled: Bool = false, push: Bool = true) {
        self.isDisabled = isDisabled
        self.push = push
    }

    /// Why a person is not rung for the kind; nil when he or she is. Administrator over person over default [ENT facts 2.1].
    ///
    /// `wish`: nil when the person has not chosen.
    package func reason(wish: Bool?) -> Reason? {
        if isDisabled { return .kindDisabled }
        return wish ?? push ? nil : .optedOut
    }
}
