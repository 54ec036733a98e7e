internal import CNATS
internal import Glibc

/// A message as it came; copied, so that nothing of the library's lives longer than the call that took it.
package struct NATSMessage: Sendable {
    package var body: [UInt8]
    /// By their names in lower case; the first value of each.
    package var headers: [String: String]
    /// How a stream keeps it; nil: nobody does.
    package var kept: Kept?

    package struct Kept: Hashable, Sendable {
        /// Its place in the stream.
        package var sequence: UInt64
        /// When the stream took it, milliseconds since 1970.
        package var storedAt: Int64
        /// How often it has been sent to a consumer of this name; 1: for the first time.
        package var deliveries: Int
        /// Where the answer goes.
        package var replyTo: String

        package init(sequence: UInt64, storedAt: Int64, deliveries: Int, replyTo: String) {
            self.sequence = sequence
            self.storedAt = storedAt
            self.deliveries = deliveries
            self.replyTo = replyTo
        }
    }

    package init(body: [UInt8], headers: [String: String] = [:], kept: Kept? = nil) {
        self.body = body
        self.headers = headers
        self.kept = kept
    }
}

extension NATSMessage {
    /// Of a message that the library holds.
    init(_ message: OpaquePointer, isKept: Bool) {
        let count = Int(natsMsg_GetDataLength(message))
        body =
            natsMsg_GetData(message).map { bytes in
                bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
                    Array(UnsafeBufferPointer(start: $0, count: count))
                }
            } ?? []
        headers = Self.headers(message)
        kept = isKept ? Kept(message) : nil
    }

    private static func headers(_ message: OpaquePointer) -> [String: String] {
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var count: Int32 = 0
        // NATS_NOT_FOUND: it has none.
        guard natsMsgHeader_Keys(message, &names, &count) == NATS_OK, let names else { return [:] }
        defer { free(names) }
        var headers: [String: String] = [:]
        for index in 0..<Int(count) {
            var value: UnsafePointer<CChar>?
            guard let name = names[index], natsMsgHeader_Get(message, name, &value) == NATS_OK, let value else {
                continue
            }
            let lowered = String(cString: name).lowercased()
            if headers[lowered] == nil { headers[lowered] = String(cString: value) }
        }
        return headers
    }
}

extension NATSMessage.Kept {
    /// nil when the message says nothing of a stream.
    fileprivate init?(_ message: OpaquePointer) {
        var found: UnsafeMutablePointer<jsMsgMetaData>?
        guard natsMsg_GetMetaData(&found, message) == NATS_OK, let found, let reply = natsMsg_GetReply(message) else {
            return nil
        }
        defer { jsMsgMetaData_Destroy(found) }
        sequence = found.pointee.Sequence.Stream
        storedAt = found.pointee.Timestamp / 1_000_000
        deliveries = Int(clamping: found.pointee.NumDelivered)
        replyTo = String(cString: reply)
    }
}
