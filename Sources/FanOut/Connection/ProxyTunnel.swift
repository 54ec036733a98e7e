internal import COpenSSL
internal import Glibc

/// `CONNECT` over a connected socket, which it owns until `takeDescriptor`.
final class ProxyTunnel {
    enum Progress {
        case waits(forWriting: Bool)
        case established
        case failed(String)
    }

    private(set) var descriptor: Int32
    private let request: [UInt8]
    private var sent = 0
    private var answer = ConnectAnswer()

    init(_ proxy: Proxy, to configuration: LaneConfiguration, descriptor: Int32) {
        self.descriptor = descriptor
        request = Self.request(proxy, to: configuration)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Call again when the socket is ready.
    func advance() -> Progress {
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.noSignal) }
            guard count >= 0 else { return errno == EAGAIN ? .waits(forWriting: true) : broken(errno) }
            sent += count
        }
        return receive()
    }

    func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    private func receive() -> Progress {
        // The answer is bounded, so this ends.
        while true {
            let (count, code, verdict) = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                let code = errno
                return (count, code, answer.receive(buffer.prefix(max(0, count))))
            }
            guard count != 0 else { return .failed("the proxy closed the connection before its answer to CONNECT") }
            guard count > 0 else { return code == EAGAIN ? .waits(forWriting: false) : broken(code) }
            switch verdict {
            case .needsMore: continue
            case .established: return .established
            case .refused(407): return .failed("the proxy wants other credentials (407)")
            case .refused(let status): return .failed("the proxy answered CONNECT with \(status)")
            case .malformed(let text): return .failed(text)
            }
        }
    }

    private func broken(_ code: Int32) -> Progress {
        .failed("connection broken: \(SystemText.error(code))")
    }

    private static let noSignal = Int32(MSG_NOSIGNAL)

    private static func request(_ proxy: Proxy, to configuration: LaneConfiguration) -> [UInt8] {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let target = "\(host):\(configuration.port)"
        var text = Array("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n".utf8)
        if let credentials = proxy.credentials {
            text += Array("Proxy-Authorization: Basic ".utf8)
            text += base64(Array("\(credentials.user):\(credentials.password)".utf8))
            text += Array("\r\n".utf8)
        }
        return text + Array("\r\n".utf8)
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        // EVP_EncodeBlock ends with a NUL.
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4 + 1) { buffer, count in
            count = Int(EVP_EncodeBlock(buffer.baseAddress, bytes, Int32(bytes.count)))
        }
    }
}
