import Glibc

/// The service manager that started the process and wants to hear how it is: datagrams to the socket it named [sd_notify(3)].
struct ServiceManager {
    enum Notice: String {
        case ready = "READY=1"
        case alive = "WATCHDOG=1"
        case stopping = "STOPPING=1"
    }

    /// `sun_path`: of a name without a file the first byte is 0 [unix(7)].
    private let path: [UInt8]
    /// It ends the process after so long without a sign of life; nil: it does not.
    let patience: Duration?

    /// nil when nobody wants to hear.
    init?(environment: [String: String], processID: Int32) {
        guard let name = environment["NOTIFY_SOCKET"], let first = name.utf8.first,
            name.utf8.count <= MemoryLayout.size(ofValue: sockaddr_un().sun_path),
            // Anything else, vsock: for instance, is of virtual machines.
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else { return nil }
        path = first == UInt8(ascii: "@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        // The variables of a watchdog may have been inherited from a parent it was meant for.
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(processID)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
        patience = isOurs ? microseconds.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// A notice that cannot be told is lost: the manager has its own bounds for what it does not hear.
    func tell(_ notice: Notice) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let text = Array(notice.rawValue.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                // A sign of life that finds the queue full is followed by the next one.
                let flags = Int32(MSG_NOSIGNAL) | (notice == .alive ? Int32(MSG_DONTWAIT) : 0)
                _ = sendto(descriptor, text, text.count, flags, address, length)
            }
        }
    }
}
