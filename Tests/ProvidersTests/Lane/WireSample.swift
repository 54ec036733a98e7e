import Domain
import Providers

@testable import FanOut

/// A request buffer, a connection and a delivery to write.
struct WireSample {
    let request = RequestBuffer()
    var scratch: [UInt8] = []

    static func connection(_ number: UInt64) -> ConnectionInfo {
        ConnectionInfo(id: ConnectionID(number), requestsSent: 0, openedAt: .now())
    }

    static func event(on lane: any ProviderLane, urgency: Urgency = .normal) throws -> LoadedEvent {
        LoadedEvent(
            id: EventID(rawValue: 7),
            body: try lane.render(Samples.message(urgency: urgency), limits: Limits()),
            urgency: urgency,
            acceptedAt: Samples.now,
            expiresAt: Samples.now + .seconds(3600)
        )
    }

    /// A delivery of an event to a target, as the loader makes it.
    static func push(to target: Target, on lane: any ProviderLane, urgency: Urgency = .normal) throws -> Push {
        let event = try event(on: lane, urgency: urgency)
        let (receiver, collapseID) = ("u-1", String(decoding: Samples.collapseID, as: UTF8.self))
        var scratch: [UInt8] = []
        return Push(
            event: event,
            id: DeliveryID(rawValue: 77),
            address: try lane.address(
                target.bytes,
                for: AddressedDelivery(event: event, receiver: receiver, collapseID: collapseID),
                scratch: &scratch
            ),
            receiver: receiver,
            collapseID: collapseID
        )
    }

    /// Writes with a wire; the body as it would go.
    mutating func write(_ push: Push, with wire: any Wire, on connection: UInt64 = 1, now: Instant = Samples.now) throws
        -> (used: UsedCredential?, body: [UInt8])
    {
        request.reset()
        let used = try wire.write(push, to: request, on: Self.connection(connection), now: now, scratch: &scratch)
        let count = request.bodyCount
        let body = [UInt8](unsafeUninitializedCapacity: max(1, count)) { target, written in
            guard count > 0, let start = target.baseAddress else { return }
            written = request.readBody(into: start, max: count).count
        }
        return (used, body)
    }
}
