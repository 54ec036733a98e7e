/// What a person should look at although the lane works: beside the mass guard, which acts, these only tell.
package enum LaneAlarm: String, Hashable, Sendable, CaseIterable {
    /// More than a fifth of the answers of five minutes refused their delivery for good.
    case rejections
    /// More than a tenth of the lane's devices are suspect.
    case suspects
    /// The mass guard waits for a person's word.
    case removalsFrozen

    package var sentence: String {
        switch self {
        case .rejections: "more than 20 % of the answers of five minutes are rejections"
        case .suspects: "more than 10 % of its devices are suspect"
        case .removalsFrozen: "its removals are frozen"
        }
    }

    /// `suspects` of `devices`; few devices are no sign of anything.
    package static func areSuspect(_ suspects: Int, of devices: Int) -> Bool {
        devices >= 20 && suspects * 10 > devices
    }
}
