package import Domain

/// The request line and headers of a notification [Apple: sending notification requests to APNs].
package enum APNsRequest {
    /// Headers equal for all deliveries of a lane with the same urgency and provider token, to be prepared once.
    ///
    /// - Parameters:
    ///   - topic: the app's bundle identifier.
    ///   - urgency: `low` lets the phone choose the moment (priority 5), the others ring at once (10).
    ///   - providerToken: what ``ProviderTokenSchedule`` gave for this connection.
    /// - Returns: lower-case names, in the order of sending.
    package static func repeatingHeaders(
        topic: String,
        urgency: Urgency,
        providerToken: ProviderToken
    ) -> [(name: String, value: String)] {
        [
            ("authorization", "bearer " + providerToken.value),
            ("apns-topic", topic),
            ("apns-push-type", "alert"),
            ("apns-priority", urgency == .low ? "5" : "10"),
        ]
    }

    /// Stands before the device token, lower-case hex, in the path of a request.
    package static let pathPrefix = "/3/device/"

    /// Characters of ``writeID(of:to:)``.
    package static let idCount = 36

    /// Writes the value of `apns-id` to the first ``idCount`` bytes of `text`: the same for every attempt of a delivery.
    ///
    /// A version 8 UUID [RFC 9562 §5.8]: the ASCII letters `carill`, then the delivery's number, whose last 62 bits stand
    /// in the last two groups, so that an operator finds the delivery from Apple's word for it. Only for correlation: Apple
    /// does not say that it removes duplicates by it.
    package static func writeID(of delivery: DeliveryID, to text: UnsafeMutableBufferPointer<UInt8>) {
        let number = UInt64(bitPattern: delivery.rawValue)
        let high = 0x6361_7269_6C6C_8000 | number >> 62
        let low = 1 << 63 | number & 0x3FFF_FFFF_FFFF_FFFF
        var position = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                text[position] = UInt8(ascii: "-")
                position += 1
            }
            text[position] = Hex.digit(UInt8((digit < 16 ? high : low) >> UInt64(60 - 4 * (digit % 16)) & 0xF))
            position += 1
        }
    }
}
