internal import COpenSSL
internal import Glibc

/// One TLS connection on a non-blocking socket; owns both.
final class TLSStream {
    enum Progress {
        case done
        case wouldBlock
        case failed(String)
    }

    private let ssl: OpaquePointer
    private let context: TLSContext
    let descriptor: Int32
    private var isBroken = false

    /// Takes the descriptor over, also when it returns nil (out of memory).
    init?(_ context: TLSContext, descriptor: Int32) {
        guard let ssl = context.makeClient(descriptor: descriptor) else {
            close(descriptor)
            return nil
        }
        self.ssl = ssl
        self.context = context
        self.descriptor = descriptor
    }

    deinit {
        // One-way close_notify; the answer is not waited for.
        if !isBroken, SSL_is_init_finished(ssl) == 1 {
            ERR_clear_error()
            SSL_shutdown(ssl)
        }
        SSL_free(ssl)
        close(descriptor)
    }

    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// Call again when the socket is ready, until it is not `wouldBlock`.
    func handshake(host: String) -> Result<Bool, ConnectError> {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            return isHTTP2() ? .success(true) : .failure(.noHTTP2("\(host) does not offer HTTP/2 (ALPN h2)"))
        }
        let error = SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return .success(false) }
        isBroken = true
        context.forgetSession()
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK) {
            return .failure(.tls("certificate of \(host): \(String(cString: X509_verify_cert_error_string(verdict)))"))
        }
        let cause = ERR_peek_error()
        let reason = error == SSL_ERROR_SYSCALL && cause == 0 ? hangUp() : TLSText.queuedErrors()
        // The alert "no application protocol" [RFC 7301 §3.2] is the polite form of not offering h2.
        if reason.contains("no application protocol") {
            return .failure(.noHTTP2("\(host) does not offer HTTP/2 (ALPN h2): \(reason)"))
        }
        return .failure(.tls("TLS with \(host): \(TLSText.inPlainWords(reason))"))
    }

    private func isHTTP2() -> Bool {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return length == 2 && name?[0] == UInt8(ascii: "h") && name?[1] == UInt8(ascii: "2")
    }

    /// Decrypted bytes, at most one record per call. `done` with 0 bytes does not happen.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> (Progress, Int) {
        ERR_clear_error()
        var count = 0
        if SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count) == 1 { return (.done, count) }
        return (failure(0, "read"), 0)
    }

    /// More may be read without waiting for the socket.
    var hasBuffered: Bool { SSL_has_pending(ssl) == 1 }

    /// Takes at least one byte when `done`.
    func write(_ bytes: UnsafeRawBufferPointer) -> (Progress, Int) {
        ERR_clear_error()
        var count = 0
        if SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1 { return (.done, count) }
        return (failure(0, "write"), 0)
    }

    private func failure(_ result: Int32, _ verb: String) -> Progress {
        let error = SSL_get_error(ssl, result)
        switch error {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .failed("the peer closed the connection")
        case SSL_ERROR_SYSCALL where ERR_peek_error() == 0:
            isBroken = true
            return .failed(hangUp())
        default:
            isBroken = true
            return .failed("TLS \(verb): \(TLSText.queuedErrors())")
        }
    }

    private func hangUp() -> String {
        let code = errno
        return code == 0 ? "the peer closed the connection" : "connection broken: \(SystemText.error(code))"
    }
}

enum SystemText {
    /// Words for an errno.
    static func error(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, strerror_r(code, start, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: start)
        }
    }
}
