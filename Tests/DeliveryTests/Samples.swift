import Domain
import Providers

@testable import Delivery

extension LoadedDelivery {
    static let wallStart = Instant(seconds: 1_790_000_000)

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
        readAt: Int64 = 0,
        isEncrypted: Bool = false,
        body: [UInt8]? = nil
    ) -> LoadedDelivery {
        LoadedDelivery(
            push: Push(
                event: LoadedEvent(
                    id: EventID(rawValue: 1),
                    body: BodyTemplate(),
                    isEncrypted: isEncrypted,
                    urgency: urgency,
                    acceptedAt: wallStart,
                    expiresAt: expiresAt
                ),
                id: DeliveryID(rawValue: id),
                address: PushAddress(form: 1, text: "token", body: body),
                receiver: "u",
                collapseID: "c"
            ),
            person: PersonID(rawValue: owner ?? id),
            device: DeviceID(rawValue: device ?? id),
            platform: platform,
            targetHash: .sample,
            attempts: attempts,
            isRetry: isRetry,
            loadedAt: readAt
        )
    }
}

extension TargetHash {
    static let sample: TargetHash = {
        guard let hash = TargetHash([UInt8](repeating: 7, count: TargetHash.byteCount)) else {
            preconditionFailure("A hash has 16 bytes")
        }
        return hash
    }()
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
