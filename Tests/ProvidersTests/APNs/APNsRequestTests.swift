import Domain
import Providers
import Testing

@Suite struct APNsRequestTests {
    @Test(arguments: [(Urgency.low, "5"), (.normal, "10"), (.urgent, "10")])
    func `the repeating headers say who sends what how urgently`(urgency: Urgency, priority: String) {
        let token = ProviderToken(keyID: "ABC123DEFG", value: "h.c.s", issuedAtSeconds: 0)

        let headers = APNsRequest.repeatingHeaders(topic: "com.ode.one", urgency: urgency, providerToken: token)

        #expect(
            headers.map { "\($0.name): \($0.value)" } == [
                "authorization: bearer h.c.s", "apns-topic: com.ode.one", "apns-push-type: alert",
                "apns-priority: \(priority)",
            ]
        )
    }

    @Test(arguments: [
        (Int64(0), "63617269-6c6c-8000-8000-000000000000"),
        (0x1234_5678_9ABC, "63617269-6c6c-8000-8000-123456789abc"),
        (0x3FFF_0000_0000_0001, "63617269-6c6c-8000-bfff-000000000001"),
        (Int64.max, "63617269-6c6c-8001-bfff-ffffffffffff"),
    ])
    func `the identifier is a version 8 UUID that holds the delivery's number`(number: Int64, text: String) {
        let written = String(unsafeUninitializedCapacity: APNsRequest.idCount) { bytes in
            APNsRequest.writeID(of: DeliveryID(rawValue: number), to: bytes)
            return APNsRequest.idCount
        }
        #expect(written == text)
    }

    @Test(
        arguments: [
            (Expiry.at(Instant(milliseconds: 1_789_396_260_999)), 1_789_396_260),
            (.at(Instant(milliseconds: 400)), 1), (.at(Instant(milliseconds: 0)), 1),
            (.at(Instant(seconds: 100_000_000_000)), 99_999_999_999),
        ] as [(Expiry, Int64)]
    )
    func `the expiration is in whole seconds, and never the zero that asks for one attempt`(
        expiry: Expiry,
        seconds: Int64
    ) {
        #expect(expiry.apnsSeconds == seconds)
    }
}
