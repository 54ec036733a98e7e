internal import CNGHTTP2

/// What the session tells its connection; called from within `receive` and `produce`.
protocol HTTP2SessionOwner: AnyObject {
    /// The peer's SETTINGS, first or changed.
    func settingsReceived()
    func pingAnswered()
    func goAwayReceived(lastStreamID: Int32, code: UInt32, debugData: [UInt8])
    /// The stream is gone; `code` is the peer's or our error code, 0 without one.
    func streamClosed(_ exchange: Exchange, code: UInt32)
}

/// The client side of one HTTP/2 connection, without I/O: bytes in, bytes out. libnghttp2 keeps the protocol's own rules
/// (frames, HPACK, windows, SETTINGS); this class adds exchanges and hides the pointers.
final class HTTP2Session {
    private var session: OpaquePointer?
    unowned(unsafe) private let owner: any HTTP2SessionOwner
    private let fields = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: fieldsMax)
    /// Pseudo fields, block and the request's own fields together.
    private static let fieldsMax = 128
    private(set) var errorText: String?
    /// Streams that could not be opened after all; the connection collects them. `isOurFault`: HTTP/2 cannot carry the
    /// request; otherwise a GOAWAY came between.
    var neverOpened: [(streamID: Int32, isOurFault: Bool)] = []
    /// SETTINGS_INITIAL_WINDOW_SIZE is zero: a body sent now would wait for a window of its own.
    private var isStreamWindowClosed = false

    init(owner: any HTTP2SessionOwner) {
        self.owner = owner
        var callbacks: OpaquePointer?
        var option: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        nghttp2_option_new(&option)
        // A client has no use for the memory of closed streams.
        nghttp2_option_set_no_closed_streams(option, 1)
        // Pushed streams are refused even before the peer has read our SETTINGS.
        nghttp2_option_set_max_reserved_remote_streams(option, 0)
        Self.install(callbacks)
        nghttp2_session_client_new2(&session, callbacks, Unmanaged.passUnretained(self).toOpaque(), option)
        nghttp2_option_del(option)
        nghttp2_session_callbacks_del(callbacks)
        precondition(session != nil, "out of memory for an HTTP/2 session")
        submitSettings()
    }

    deinit {
        nghttp2_session_del(session)
        fields.deallocate()
    }

    /// No push; answers are small, so windows stay modest: 64 KiB per stream, 1 MiB for all.
    private func submitSettings() {
        let settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: 16 << 10),
        ]
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
        nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, 1 << 20)
    }

    /// Queues HEADERS and DATA; they appear in `produce`. False: HTTP/2 cannot carry it (stream ids used up, too many fields).
    func submit(_ exchange: Exchange, pseudo: HeaderBlock) -> Bool {
        let request = exchange.request
        let count = pseudo.count + request.fieldCount
        guard count <= Self.fieldsMax else { return false }
        fields.initialize(from: pseudo.fields, count: pseudo.count)
        request.write(to: fields + pseudo.count)
        let pointer = Unmanaged.passUnretained(exchange).toOpaque()
        guard request.hasBody else {
            exchange.streamID = nghttp2_submit_request(session, nil, fields, count, nil, pointer)
            return exchange.streamID > 0
        }
        var body = nghttp2_data_provider()
        body.source.ptr = pointer
        body.read_callback = { _, _, target, length, flags, source, _ in
            guard let source, let target, let pointer = source.pointee.ptr else { return 0 }
            let exchange = Unmanaged<Exchange>.fromOpaque(pointer)
            let (amount, isLast) = exchange._withUnsafeGuaranteedRef { $0.request.readBody(into: target, max: length) }
            if isLast { flags?.pointee = NGHTTP2_DATA_FLAG_EOF.rawValue }
            return amount
        }
        exchange.streamID = nghttp2_submit_request(session, nil, fields, count, &body, pointer)
        return exchange.streamID > 0
    }

    /// Feeds bytes of the peer. False: the connection cannot go on; `errorText` may say why.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let taken = nghttp2_session_mem_recv(session, bytes.baseAddress, bytes.count)
        if taken == bytes.count { return true }
        if errorText == nil { errorText = String(cString: nghttp2_strerror(Int32(truncatingIfNeeded: taken))) }
        return false
    }

    /// The next serialized frame, valid until the next call; nil when there is nothing to send now.
    func produce() -> UnsafeBufferPointer<UInt8>? {
        var start: UnsafePointer<UInt8>?
        let count = nghttp2_session_mem_send(session, &start)
        guard count > 0, let start else { return nil }
        return UnsafeBufferPointer(start: start, count: count)
    }

    /// Nothing more to say nor to hear: after a protocol error or a GOAWAY with all streams done.
    var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

    /// Bytes of request bodies the peer takes now, all streams together; 0 also when a new stream may send none.
    var sendWindow: Int { isStreamWindowClosed ? 0 : Int(nghttp2_session_get_remote_window_size(session)) }

    /// The request has left libnghttp2's queue: its HEADERS are among the bytes produced. Streams that have closed do not count.
    func isOpen(_ exchange: Exchange) -> Bool {
        nghttp2_session_find_stream(session, exchange.streamID) != nil
    }

    /// The peer's live SETTINGS_MAX_CONCURRENT_STREAMS; nil when it names none.
    var peerStreamsMax: Int? {
        let value = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
        return value == .max ? nil : Int(value)
    }

    func ping() {
        nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    }

    /// The stream is given up; it closes within the next `produce` round.
    func cancel(_ exchange: Exchange) {
        nghttp2_submit_rst_stream(
            session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            exchange.streamID,
            NGHTTP2_CANCEL.rawValue
        )
    }

    /// Says goodbye; the frame appears in `produce`.
    func terminate() {
        nghttp2_session_terminate_session(session, NGHTTP2_NO_ERROR.rawValue)
    }
}

// MARK: - Callbacks

extension HTTP2Session {
    private static func install(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            session,
            frame,
            name,
            nameCount,
            value,
            valueCount,
            _,
            _ in
            // Not the fields of a PUSH_PROMISE, which carry the number of the stream they came on.
            guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
                let exchange = HTTP2Session.exchange(session, frame.pointee.hd.stream_id)
            else { return 0 }
            exchange.answer.addHeader(
                UnsafeBufferPointer(start: name, count: nameCount),
                UnsafeBufferPointer(start: value, count: valueCount)
            )
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            session,
            _,
            streamID,
            bytes,
            count,
            user in
            guard let exchange = HTTP2Session.exchange(session, streamID), !exchange.isReported else { return 0 }
            let isFull = !exchange.answer.addBody(UnsafeBufferPointer(start: bytes, count: count))
            // Enough has been read to know the answer; the rest is not worth its bandwidth.
            if isFull, !exchange.isAnswerComplete, let user {
                exchange.isAnswerComplete = true
                Unmanaged<HTTP2Session>.fromOpaque(user).takeUnretainedValue().cancel(exchange)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { session, frame, user in
            guard let user, let frame else { return 0 }
            Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.received(frame, session) }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { session, streamID, code, user in
            guard let user, let exchange = HTTP2Session.exchange(session, streamID) else { return 0 }
            Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef {
                $0.owner.streamClosed(exchange, code: code)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { session, frame, code, user in
            guard let user, let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else { return 0 }
            let this = Unmanaged<HTTP2Session>.fromOpaque(user).takeUnretainedValue()
            // A stream that is open closes with REFUSED_STREAM after this; one that never opened has only us to end it.
            guard HTTP2Session.exchange(session, frame.pointee.hd.stream_id) == nil else { return 0 }
            let isOurFault = code == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue || code == NGHTTP2_ERR_HEADER_COMP.rawValue
            this.neverOpened.append((frame.pointee.hd.stream_id, isOurFault))
            return 0
        }
        nghttp2_session_callbacks_set_error_callback2(callbacks) { _, _, text, count, user in
            guard let user, let text else { return 0 }
            let words = UnsafeRawBufferPointer(start: text, count: min(count, 200))
            Unmanaged<HTTP2Session>.fromOpaque(user).takeUnretainedValue().errorText = String(
                decoding: words,
                as: UTF8.self
            )
            return 0
        }
    }

    private static func exchange(_ session: OpaquePointer?, _ streamID: Int32) -> Exchange? {
        guard let pointer = nghttp2_session_get_stream_user_data(session, streamID) else { return nil }
        return Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func received(_ frame: UnsafePointer<nghttp2_frame>, _ session: OpaquePointer?) {
        let header = frame.pointee.hd
        switch nghttp2_frame_type(UInt32(header.type)) {
        case NGHTTP2_HEADERS, NGHTTP2_DATA:
            guard header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
                let exchange = Self.exchange(session, header.stream_id)
            else { return }
            exchange.isAnswerComplete = true
            // Answered before the body was out (413 and the like): the rest need not be sent.
            if nghttp2_session_get_stream_local_close(session, header.stream_id) == 0 { cancel(exchange) }
        case NGHTTP2_SETTINGS where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
            let window = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE)
            isStreamWindowClosed = window == 0
            owner.settingsReceived()
        case NGHTTP2_PING where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
            owner.pingAnswered()
        case NGHTTP2_GOAWAY:
            let goAway = frame.pointee.goaway
            let debug = UnsafeBufferPointer(start: goAway.opaque_data, count: min(goAway.opaque_data_len, 1024))
            owner.goAwayReceived(lastStreamID: goAway.last_stream_id, code: goAway.error_code, debugData: Array(debug))
        default: break
        }
    }
}
