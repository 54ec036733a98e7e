import Glibc

/// Whether this machine lets us listen where the configuration says: tried, and let go again. What is wrong names the key, what stands there and
/// what to do. Nothing is changed; a socket of a dead process is passed over, since the listener replaces it.
package struct ListenCheck {
    private let listen: Settings.Listen
    private let origins: [String: SettingOrigin]
    private let file: String

    package init(_ effective: EffectiveSettings) {
        listen = effective.settings.listen
        file = effective.file
        origins = Dictionary(effective.entries.map { ($0.key, $0.origin) }, uniquingKeysWith: { $1 })
    }

    /// All of them; empty when every listener will find its place.
    package func mistakes() -> [SettingsFinding] {
        let admin = Self.fault(path: listen.adminSocket)
        return [
            mistake("listen.public", listen.publicAddress.description, Self.fault(listen.publicAddress)),
            mistake("listen.admin", listen.adminSocket, admin),
            mistake("listen.metrics", listen.metricsAddress.description, Self.fault(listen.metricsAddress)),
        ].compactMap { $0 }
    }

    /// As a report of the configuration.
    package func check() throws(SettingsError) {
        let mistakes = mistakes()
        guard mistakes.isEmpty else { throw SettingsError(file: file, mistakes: mistakes) }
    }

    private func mistake(_ key: String, _ value: String, _ fault: String?) -> SettingsFinding? {
        fault.map {
            SettingsFinding(key: key, origin: origins[key] ?? .file(path: file, line: nil), value: value, allowed: $0)
        }
    }

    // MARK: - host:port

    private static func fault(_ address: HostAndPort) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard code == 0, let first = found?.pointee else {
            return
                "the name has no address (\(String(cString: gai_strerror(code)))); use an address of this machine, 127.0.0.1 or 0.0.0.0"
        }
        let descriptor = socket(first.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return "cannot be tried: \(String(cString: strerror(errno)))" }
        defer { close(descriptor) }
        // As the listener does, so that a port whose last connections are still closing is free.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, first.ai_addr, first.ai_addrlen) != 0 else { return nil }
        return sentence(errno, port: address.port)
    }

    private static func sentence(_ code: Int32, port: Int) -> String {
        switch code {
        case EADDRINUSE: "another process listens on port \(port): end it (ss -ltnp), or choose another port"
        case EADDRNOTAVAIL: "this machine has no such address; use one of its own (ip address), 127.0.0.1 or 0.0.0.0"
        case EACCES:
            "this user may not listen on port \(port); choose one from 1024 on, the reverse proxy has the small ones"
        default: "cannot listen there: \(String(cString: strerror(code)))"
        }
    }

    // MARK: - A Unix socket

    private static func fault(path: String) -> String? {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return errno == ENOENT
                ? "the folder \(folder) does not exist: make it (mkdir -m 700 \(folder); systemd: RuntimeDirectory=), or choose another path"
                : "the folder \(folder) cannot be used: \(String(cString: strerror(errno)))"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(folder) is not a folder; choose another path" }
        guard access(folder, W_OK | X_OK) == 0 else {
            return
                "this user may not make a socket in \(folder): chown it to the gateway's user, or choose another path"
        }
        var present = stat()
        guard lstat(path, &present) == 0 else { return nil }
        guard present.st_mode & S_IFMT == S_IFSOCK else {
            return "a file that is no socket is in the way: look at it and remove it, or choose another path"
        }
        return isAnswered(UnixSocket.connect(to: path))
            ? "another process answers on this socket, and is not taken over: end it, or choose another path" : nil
    }

    /// A full queue of connections (EAGAIN) and a socket we may not open belong to somebody living.
    private static func isAnswered(_ code: Int32) -> Bool {
        [0, EAGAIN, EINPROGRESS, EACCES, EPERM].contains(code)
    }
}
