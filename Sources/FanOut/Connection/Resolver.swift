internal import CNGHTTP2
internal import Glibc

/// A numeric address to connect to.
struct SocketAddress: Sendable {
    var storage: sockaddr_storage
    var length: socklen_t
    var family: Int32
    /// Numeric, for the operator.
    var text: String
}

/// Resolves names off the loop, anew each time: nothing is cached (pushy's and Apple's advice: uncached before each connect).
enum Resolver {
    /// Answers from a thread of its own, exactly once. The lane opens one connection at a time, so there are at most as many
    /// such threads as lanes; a resolver that hangs holds up its own lane only.
    static func resolve(
        host: String,
        port: UInt16,
        answer: @escaping @Sendable (Result<[SocketAddress], ConnectFailure>) -> Void
    ) {
        do {
            try LoopThread.run(name: "fanout-dns") { answer(lookUp(host: host, port: port)) }
        } catch {
            answer(.failure(.nameNotResolved("\(host): no thread for the resolver: \(error)")))
        }
    }

    private static func lookUp(host: String, port: UInt16) -> Result<[SocketAddress], ConnectFailure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard result == 0 else {
            return .failure(.nameNotResolved("\(host): \(String(cString: gai_strerror(result)))"))
        }
        var found: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee, found.count < 16 {
            if let address = SocketAddress(info) { found.append(address) }
            entry = info.ai_next
        }
        return .success(interleaved(found))
    }

    /// Alternates the families, the resolver's favourite first [RFC 8305 §4].
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first?.family else { return [] }
        let favoured = addresses.filter { $0.family == first }
        let others = addresses.filter { $0.family != first }
        var mixed: [SocketAddress] = []
        for index in 0..<max(favoured.count, others.count) {
            if index < favoured.count { mixed.append(favoured[index]) }
            if index < others.count { mixed.append(others[index]) }
        }
        return mixed
    }
}

extension SocketAddress {
    fileprivate init?(_ info: addrinfo) {
        guard let address = info.ai_addr, Int(info.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size else {
            return nil
        }
        storage = sockaddr_storage()
        length = info.ai_addrlen
        family = info.ai_family
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
        }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = getnameinfo(address, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        text =
            result == 0
            ? name.withUnsafeBufferPointer {
                String(decoding: $0.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            } : "?"
    }
}
