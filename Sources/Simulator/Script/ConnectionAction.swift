/// What a script makes an HTTP/2 connection do beside an answer.
package enum ConnectionAction: Hashable, Sendable {
    /// The last stream a GOAWAY names as processed.
    package enum LastStream: Hashable, Sendable {
        /// The stream of the request: it is answered, later ones are not.
        case this
        /// The one before: the request is not processed.
        case before
        /// 2³¹−1, the first step of an orderly end.
        case max
        /// Raised to the last stream already processed where it lies below: the simulator does not lie in GOAWAY.
        case stream(Int32)
    }

    case goaway(last: LastStream, code: UInt32, debug: String)
    /// SETTINGS, so long after the answer's own delay; nil leaves a value as it is.
    case settings(concurrentStreamsMax: Int?, initialWindowSize: Int?, afterMilliseconds: Int64 = 0)
}

extension [ConnectionAction] {
    /// True when a GOAWAY says that the request itself is not processed: it gets no answer.
    var leaveOutRequest: Bool {
        contains { if case .goaway(last: .before, _, _) = $0 { true } else { false } }
    }
}

/// Error codes of HTTP/2 by their names [RFC 9113 §7].
enum HTTP2Code {
    static let numbers: [String: UInt32] = [
        "NO_ERROR": 0, "PROTOCOL_ERROR": 1, "INTERNAL_ERROR": 2, "FLOW_CONTROL_ERROR": 3, "SETTINGS_TIMEOUT": 4,
        "STREAM_CLOSED": 5, "FRAME_SIZE_ERROR": 6, "REFUSED_STREAM": 7, "CANCEL": 8, "COMPRESSION_ERROR": 9,
        "CONNECT_ERROR": 10, "ENHANCE_YOUR_CALM": 11, "INADEQUATE_SECURITY": 12, "HTTP_1_1_REQUIRED": 13,
    ]
}
