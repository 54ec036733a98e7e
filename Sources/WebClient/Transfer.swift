internal import CCurl
internal import Glibc

/// One transfer: libcurl's handle, what it is told, and what it has received so far. Belongs to the transfer thread.
final class Transfer {
    /// Header lines of one answer; libcurl itself bounds a line only.
    private static let headerBytesMax = 64 << 10

    let easy: UnsafeMutableRawPointer
    let submission: TransferSubmission
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var file: Int32 = -1
    private var headers: [WebHeader] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    /// Set by the callback that ended the transfer.
    private var refusal: WebClientError?
    private let filter = UnsafeMutablePointer<carillon_curl_address_filter>.allocate(capacity: 1)

    /// Makes the handle ready to be added to a multi handle.
    init(_ submission: TransferSubmission, options: WebClient.Options) throws(WebClientError) {
        guard let easy = curl_easy_init() else { throw .overloaded }
        self.easy = easy
        self.submission = submission
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        let request = submission.request
        setClient(options)
        guard carillon_curl_set_string(easy, CURLOPT_URL, request.url) == CURLE_OK else { throw .invalidURL }
        setTimes()
        setReceivers()
        try setBody()
        setHeaders()
        if request.isAddressAllowed != nil { setGate() }
        if request.wantsCertificate { carillon_curl_set_long(easy, CURLOPT_CERTINFO, 1) }
        if let path = request.unixSocketPath {
            carillon_curl_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, path)
            carillon_curl_set_string(easy, CURLOPT_PROXY, "")
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        reason.deallocate()
        filter.deallocate()
        if file >= 0 { close(file) }
    }

    /// The answer, or the error libcurl ended with.
    func result(_ code: CURLcode) -> Result<WebResponse, WebClientError> {
        if let refusal { return .failure(refusal) }
        guard code == CURLE_OK else { return .failure(error(code)) }
        var status = 0
        carillon_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        let end = submission.request.wantsCertificate ? carillon_curl_certificate_end(easy) : nil
        let certificateEnd = end.map { String(cString: $0) }
        return .success(WebResponse(status: status, headers: headers, body: body, certificateEnd: certificateEnd))
    }

    private func error(_ code: CURLcode) -> WebClientError {
        let detail = String(cString: reason)
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
            return .unreachable(reason: text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return .tls(reason: text)
        case CURLE_FILESIZE_EXCEEDED:
            return .tooLarge(limit: submission.request.responseBytesMax)
        case CURLE_READ_ERROR, CURLE_ABORTED_BY_CALLBACK:
            return .invalidRequest(reason: "the file to send cannot be read to its end")
        default:
            return .answerLost(reason: text)
        }
    }
}

// MARK: What libcurl is told

extension Transfer {
    private func setClient(_ options: WebClient.Options) {
        // Without it a name lookup that times out raises SIGALRM.
        carillon_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        carillon_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        carillon_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        carillon_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        carillon_curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        carillon_curl_set_string(easy, CURLOPT_USERAGENT, options.userAgent)
        carillon_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason)
        if let proxy = options.proxy { carillon_curl_set_string(easy, CURLOPT_PROXY, proxy) }
        if let account = options.proxyCredentials { carillon_curl_set_string(easy, CURLOPT_PROXYUSERPWD, account) }
        // Only the bundle file is replaced: Debian's directory of system certificates (CURLOPT_CAPATH) stays in force.
        if let caFile = options.caFile { carillon_curl_set_string(easy, CURLOPT_CAINFO, caFile) }
    }

    /// The context is this object, which outlives its handle.
    private func setGate() {
        filter.initialize(
            to: carillon_curl_address_filter(
                allow: { context, address in
                    guard let context, let address else { return 0 }
                    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().allows(address) ? 1 : 0
                },
                context: Unmanaged.passUnretained(self).toOpaque()
            )
        )
        carillon_curl_set_address_filter(easy, filter)
    }

    private func allows(_ address: UnsafePointer<sockaddr>) -> Bool {
        let bytes: [UInt8]
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
            }
        default: bytes = []
        }
        guard submission.request.isAddressAllowed?(bytes) ?? true else {
            refusal = .forbiddenAddress
            return false
        }
        return refusal == nil
    }

    private func setTimes() {
        let left = ContinuousClock.now.duration(to: submission.deadline).milliseconds
        // 0 would mean no limit.
        carillon_curl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, left))
        carillon_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, submission.request.connectTimeout.milliseconds))
    }

    /// The contexts are this object, which outlives its handle.
    private func setReceivers() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        carillon_curl_set_offset(
            easy,
            CURLOPT_MAXFILESIZE_LARGE,
            curl_off_t(max(1, submission.request.responseBytesMax))
        )
        carillon_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        carillon_curl_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        carillon_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        carillon_curl_set_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func setBody() throws(WebClientError) {
        let request = submission.request
        switch request.body {
        case .none where request.method == "GET":
            carillon_curl_set_long(easy, CURLOPT_HTTPGET, 1)
        case .none where request.method == "HEAD":
            carillon_curl_set_long(easy, CURLOPT_NOBODY, 1)
        case .none where request.method != "POST" && request.method != "PUT" && request.method != "PATCH":
            carillon_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method)
        case .none:
            // Says Content-Length: 0, which servers ask of these methods.
            setBytes([])
        case .bytes(let bytes):
            setBytes(bytes)
        case .file(let path):
            try setFile(path)
        }
    }

    private func setBytes(_ bytes: [UInt8]) {
        carillon_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        bytes.withUnsafeBytes { bytes in
            var none: UInt8 = 0
            withUnsafeMutableBytes(of: &none) { none in
                let start = bytes.baseAddress ?? UnsafeRawPointer(none.baseAddress)
                _ = carillon_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
        }
        carillon_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, submission.request.method)
    }

    private func setFile(_ path: String) throws(WebClientError) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        var found = stat()
        guard file >= 0, fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            throw .invalidRequest(reason: "the file to send cannot be opened: \(path)")
        }
        carillon_curl_set_long(easy, CURLOPT_UPLOAD, 1)
        carillon_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, submission.request.method)
        carillon_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(found.st_size))
        carillon_curl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        carillon_curl_set_callback(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return Int(CURL_READFUNC_ABORT) }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let got = read(transfer.file, bytes, size * count)
            return got >= 0 ? got : Int(CURL_READFUNC_ABORT)
        }
    }

    private func setHeaders() {
        let request = submission.request
        // `Name:` takes out a header libcurl would add: the wait of Expect, and a form's content type nobody asked for.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for header in request.headers {
            // `Name;` sends the header with an empty value [curl.se/libcurl/c/CURLOPT_HTTPHEADER.html].
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for line in lines {
            if let longer = curl_slist_append(headerList, line) { headerList = longer }
        }
        carillon_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    }
}

// MARK: What libcurl has received

extension Transfer {
    /// Returns the bytes taken; fewer ends the transfer.
    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= submission.request.responseBytesMax else {
            refusal = .tooLarge(limit: submission.request.responseBytesMax)
            return -1
        }
        body += bytes
        return bytes.count
    }

    /// One line, its CRLF included. A status line begins an answer: those before it were interim (1xx).
    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerBytesMax else {
            refusal = .tooLarge(limit: Self.headerBytesMax)
            return -1
        }
        let line = String(decoding: bytes, as: UTF8.self).trimmed
        if line.hasPrefix("HTTP/") {
            headers = []
        } else if let colon = line.utf8.firstIndex(of: 0x3A) {
            headers.append(WebHeader(line[..<colon].lowercased(), String(line[line.index(after: colon)...]).trimmed))
        }
        return bytes.count
    }
}

extension String {
    fileprivate var trimmed: String {
        // By bytes: CR LF is one Character.
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
