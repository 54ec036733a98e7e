internal import COpenSSL

/// The TLS settings of one lane: trust, ALPN, and the session to resume.
///
/// `@unchecked Sendable`: built by the thread that adds the lane, then touched by the loop thread only.
final class TLSContext: @unchecked Sendable {
    private let context: OpaquePointer
    private let host: String
    private var session: OpaquePointer?

    init(host: String, extraCAFile: String?) throws(LaneConfigurationError) {
        self.host = host
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .tls("no TLS context: \(TLSText.queuedErrors())")
        }
        self.context = context
        carillon_ssl_ctx_set_client_modes(context)
        guard carillon_ssl_ctx_set_min_tls12(context) == 1, SSL_CTX_set_default_verify_paths(context) == 1 else {
            throw .tls("the system's trust store: \(TLSText.queuedErrors())")
        }
        if let extraCAFile, SSL_CTX_load_verify_file(context, extraCAFile) != 1 {
            throw .tls("certificates of \(extraCAFile): \(TLSText.queuedErrors())")
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // One read(2) takes many records; the default of 16 KiB takes one.
        SSL_CTX_set_default_read_buffer_len(context, 64 << 10)
        let alpn: [UInt8] = [2, UInt8(ascii: "h"), UInt8(ascii: "2")]
        SSL_CTX_set_alpn_protos(context, alpn, UInt32(alpn.count))
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_sess_set_new_cb(context) { ssl, session in
            guard let owner = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0), let session else { return 0 }
            Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue().keep(session)
            return 1
        }
    }

    deinit {
        forgetSession()
        SSL_CTX_free(context)
    }

    /// A client for this host on a connected socket, resuming the last session if there is one; nil when memory is out.
    func makeClient(descriptor: Int32) -> OpaquePointer? {
        guard let ssl = SSL_new(context) else { return nil }
        let parameters = SSL_get0_param(ssl)
        // An address is compared with the certificate's addresses, and has no SNI [RFC 6066 §3].
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
            ERR_clear_error()
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard SSL_set1_host(ssl, host) == 1, carillon_ssl_set_server_name(ssl, host) == 1 else {
                SSL_free(ssl)
                return nil
            }
        }
        SSL_set_fd(ssl, descriptor)
        SSL_set_connect_state(ssl)
        if let session { SSL_set_session(ssl, session) }
        return ssl
    }

    /// After a failed handshake: the session may be the reason.
    func forgetSession() {
        if let session { SSL_SESSION_free(session) }
        session = nil
    }

    private func keep(_ new: OpaquePointer) {
        forgetSession()
        session = new
    }
}

/// A lane that cannot be set up; nothing has been connected.
package enum LaneConfigurationError: Error, Sendable, Equatable {
    /// Trust store or CA file, with OpenSSL's text.
    case tls(String)
    /// The host cannot stand in a header.
    case host(String)
    /// The proxy's settings contradict the protocol.
    case proxy(String)
    /// A lane of this number is there already.
    case laneExists(EngineLane)
    /// `shutdown` has been called, or `start` not yet.
    case notRunning
}

enum TLSText {
    /// Takes what OpenSSL queued for this thread, first cause first.
    static func queuedErrors() -> String {
        var reasons: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            guard reasons.count < 4, let text = ERR_reason_error_string(code) else { continue }
            reasons.append(String(cString: text))
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; ")
    }

    /// OpenSSL's text, with ours in front where they mislead.
    static func inPlainWords(_ reason: String) -> String {
        switch reason {
        case "wrong version number", "packet length too long", "http request": "no TLS is spoken there (\(reason))"
        case "unsupported protocol", "tlsv1 alert protocol version":
            "nothing newer than TLS 1.1 is spoken there (\(reason))"
        default: reason
        }
    }
}
