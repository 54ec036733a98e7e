/// What a publication kind means when the event does not say it itself, as `publications.yaml` has it.
package struct PublicationKind: Hashable, Sendable {
    /// False: off until the guardian switches it on (`optedOut`).
    package var push = true
    /// The administrator's word, over the guardian's: nobody is rung (`kindDisabled`).
    package var isDisabled = false
    package var urgency = Urgency.normal
    /// How long it is worth ringing for: a reminder for half past eight is worthless at eleven.
    package var timeToLive = Duration.seconds(72 * 3600)
    /// Android channel and Apple thread; one per application, since parents mute by it.
    package var channel: String
    package var dataClass = DataClass.clear

    package init(channel: String) { self.channel = channel }

    /// An event that is urgent by itself, though its kind is not, is of no use after a day.
    package func timeToLive(urgency: Urgency) -> Duration {
        urgency == .urgent && self.urgency != .urgent ? min(timeToLive, .seconds(24 * 3600)) : timeToLive
    }
}
