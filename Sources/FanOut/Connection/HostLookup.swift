internal import CNGHTTP2
internal import Glibc
import POSIX

/// A numeric address to connect to.
struct SocketAddress: Sendable {
    var storage: sockaddr_storage
    var length: socklen_t
    var family: Int32
    /// Numeric, for the operator.
    var text: String

    /// Nil for a family that is neither IPv4 nor IPv6.
    var resolved: ResolvedAddress? {
        let all = withUnsafeBytes(of: storage) { Array($0) }
        switch family {
        case AF_INET: return ResolvedAddress(family: .ipv4, bytes: Array(all[4..<8]))
        case AF_INET6:
            let bytes = Array(all[8..<24])
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
            return isMapped
                ? ResolvedAddress(family: .ipv4, bytes: Array(bytes[12...]))
                : ResolvedAddress(family: .ipv6, bytes: bytes)
        default: return nil
        }
    }
}

/// What is to be resolved before a connection: the host, or the proxy.
struct ResolverQuestion: Sendable {
    var host: String
    var port: UInt16
    var addresses: [String]?
    var policy: AddressPolicy

    init(_ configuration: LaneConfiguration) {
        if let proxy = configuration.proxy {
            (host, port, addresses, policy) = (proxy.host, proxy.port, nil, .any)
        } else {
            (host, port) = (configuration.host, configuration.port)
            (addresses, policy) = (configuration.addresses, configuration.addressPolicy)
        }
    }
}

/// Resolves names off the loop, anew each time: nothing is cached (pushy's and Apple's advice: uncached before each connect).
enum HostLookup {
    /// Answers from a thread of its own, exactly once. The lane opens one connection at a time, so there are at most as many
    /// such threads as lanes; a resolver that hangs holds up its own lane only.
    static func resolve(
        _ question: ResolverQuestion,
        answer: @escaping @Sendable (Result<[SocketAddress], ConnectError>) -> Void
    ) {
        do {
            try DetachedThread.start("fanout-dns") { answer(lookUp(question)) }
        } catch {
            answer(.failure(.nameNotResolved("\(question.host): no thread for the resolver: \(error)")))
        }
    }

    private static func lookUp(_ question: ResolverQuestion) -> Result<[SocketAddress], ConnectError> {
        var found: [SocketAddress] = []
        do throws(ConnectError) {
            guard let addresses = question.addresses else {
                found = interleaved(try lookUp(question.host, question.port, flags: AI_NUMERICSERV))
                return decided(found, question)
            }
            for address in addresses {
                found += try lookUp(address, question.port, flags: AI_NUMERICSERV | AI_NUMERICHOST)
            }
            return decided(found, question)
        } catch {
            return .failure(error)
        }
    }

    private static func decided(_ found: [SocketAddress], _ question: ResolverQuestion)
        -> Result<[SocketAddress], ConnectError>
    {
        guard question.policy.allows(found) else {
            return .failure(.forbiddenAddress("\(question.host): its address is not allowed"))
        }
        return .success(found)
    }

    private static func lookUp(_ host: String, _ port: UInt16, flags: Int32) throws(ConnectError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard result == 0 else {
            throw .nameNotResolved("\(host): \(String(cString: gai_strerror(result)))")
        }
        var found: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee, found.count < 16 {
            if let address = SocketAddress(info) { found.append(address) }
            entry = info.ai_next
        }
        return found
    }

    /// Addresses without a connection of ours first, otherwise in the same order: a second connection that ends at the same
    /// machine is of little help when that machine goes.
    static func unusedFirst(_ addresses: [SocketAddress], used: Set<String>) -> [SocketAddress] {
        addresses.filter { !used.contains($0.text) } + addresses.filter { used.contains($0.text) }
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
