import Domain
import Providers

@testable import Delivery

extension LoadedDelivery {
    static let wallStart = Instant(seconds: 1_790_000_000)

    private static let body: LoadedEvent.Body = {
        let message = Message(
            event: EventID(rawValue: 1),
            app: "TIMELINE",
            action: "TEST",
            title: "t",
            body: "b",
            authorID: nil,
            resourceID: nil,
            resourceSubID: nil,
            params: .object(JSONObject()),
            urgency: .normal,
            channel: "timeline"
        )
        do { return .fcm(try FCMMessage(message)) } catch { preconditionFailure("A short message fits") }
    }()

    /// A delivery of the device of its number, whose owner has the same number unless told otherwise.
    static func sample(
        _ id: Int64,
        owner: Int64? = nil,
        device: Int64? = nil,
        urgency: Urgency = .normal,
        platform: Platform? = nil,
        expiresAt: Instant = wallStart + .seconds(86_400),
        attempts: Int = 0,
        isRetry: Bool = false,
        readAt: Int64 = 0
    ) -> LoadedDelivery {
        LoadedDelivery(
            event: LoadedEvent(
                id: EventID(rawValue: 1),
                body: body,
                urgency: urgency,
                acceptedAt: wallStart,
                expiresAt: expiresAt
            ),
            id: DeliveryID(rawValue: id),
            person: PersonID(rawValue: owner ?? id),
            device: DeviceID(rawValue: device ?? id),
            target: "token",
            isInstallation: false,
            platform: platform,
            targetHash: [],
            receiver: "u",
            collapseID: "c",
            attempts: attempts,
            isRetry: isRetry,
            loadedAt: readAt
        )
    }
}

extension LoadedBatch {
    static func of(
        _ deliveries: [LoadedDelivery],
        tag: Int64 = 0,
        isUrgent: Bool = false,
        readAt: Int64 = 0,
        generation: Int = 0
    ) -> LoadedBatch {
        LoadedBatch(tag: tag, isUrgent: isUrgent, deliveries: deliveries, loadedAt: readAt, generation: generation)
    }
}
