/// A guardian's own pauses, in his or her own zone; they add to the school's.
package struct OwnQuietHours: Hashable, Sendable {
    package var isEnabled: Bool
    /// IANA name; nil: that of Paris.
    package var timezone: String?
    package var pauses: [Pause]

    package init(isEnabled: Bool, timezone: String?, pauses: [Pause]) {
        self.isEnabled = isEnabled
        self.timezone = timezone
        self.pauses = pauses
    }
}
