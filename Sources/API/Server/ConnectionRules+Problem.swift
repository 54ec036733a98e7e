import Contract
import Domain

extension ConnectionRefusal {
    /// What the peer is told.
    var problem: Problem {
        switch self {
        case .headTooLarge:
            Problem(.headTooLarge, "A request's line and fields have at most \(ConnectionRules.headBytesMax) bytes.")
        case .hosts: Problem(.malformedRequest, "A request has one Host field.")
        case .malformed: Problem(.malformedRequest, "This is no request of HTTP/1.1.")
        }
    }
}

extension Problem {
    var bytes: [UInt8] { JSONWriter.bytes(.object(object())) }
}
