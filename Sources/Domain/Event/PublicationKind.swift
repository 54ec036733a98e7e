/// What a publication kind means when the event does not say it itself: how long it is worth ringing for, how much of it may cross
/// the providers' servers, and the channel the phone groups it by.
package struct PublicationKind: Hashable, Sendable {
    package var timeToLive: Duration
    package var dataClass: DataClass
    /// Android channel and Apple thread; one per application, since parents mute by it.
    package var channel: String

    /// Message and agenda 3 days, urgent kinds less: a reminder for half past eight is worthless at eleven.
    package static func of(app: String, action: String, urgency: Urgency) -> PublicationKind {
        let hours: Int
        switch app.uppercased() {
        case "PRESENCES": hours = 24
        case "TIMELINE": hours = 24
        default: hours = 72
        }
        return PublicationKind(
            timeToLive: .seconds(3600 * (urgency == .urgent ? min(hours, 24) : hours)),
            dataClass: .clear,
            channel: app.lowercased()
        )
    }
}
