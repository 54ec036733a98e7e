import Glibc
import NIOCore

/// Who sits at the other end of a Unix socket, as the kernel says it [unix(7), SO_PEERCRED, SO_PEERGROUPS].
struct Peer: Hashable {
    var uid: UInt32
    var gid: UInt32
    /// Of the process as it connected; a group that was given to the account later is not among them.
    var groups: [UInt32] = []

    func isIn(_ group: UInt32?) -> Bool { group.map { gid == $0 || groups.contains($0) } ?? false }

    /// The account's name on this machine, or its number.
    var name: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return "uid \(uid)"
        }
        return String(cString: name)
    }
}

/// Who asks the admin routes.
enum Caller: Hashable {
    /// This process itself, which asks over no socket.
    case inside
    case peer(Peer)
    /// It has gone already, and nobody knows who it was.
    case gone

    /// `struct ucred`, which Glibc's module hides behind _GNU_SOURCE.
    private struct Credential {
        var pid: Int32
        var uid: UInt32
        var gid: UInt32
    }

    /// The same on all of Linux but MIPS, SPARC and PA-RISC [asm-generic/socket.h].
    private static let credentialOption = NIOBSDSocket.Option(rawValue: 17)
    private static let groupsOption = NIOBSDSocket.Option(rawValue: 59)

    static func of(_ context: APIContext) async -> Caller {
        guard let channel = context.channel, let options = channel as? any SocketOptionProvider else { return .inside }
        // A channel that is closed has forgotten its address: whoever hangs up behind an order is not this process.
        guard channel.localAddress?.pathname != nil else { return .gone }
        do {
            let found: Credential = try await options.unsafeGetSocketOption(level: .socket, name: credentialOption)
                .get()
            var peer = Peer(uid: found.uid, gid: found.gid)
            // What is not filled is the number of root's group, which is none of those that are asked about; of more groups than this the
            // kernel tells none.
            let groups: InlineArray<1024, UInt32>?
            do {
                groups = try await options.unsafeGetSocketOption(level: .socket, name: groupsOption).get()
            } catch { groups = nil }
            if let groups { peer.groups = groups.indices.map { groups[$0] }.filter { $0 != 0 } }
            return .peer(peer)
        } catch { return .gone }
    }

    /// For the audit log: the account the kernel names. Only who works as somebody else's account anyway, the service's own or root, by sudo,
    /// is believed for whom that is.
    ///
    /// `claim`: the caller's word for its name; at most 200 characters of it count.
    func actor(claim: String, access: AdminAccess) -> String {
        let claim = String(claim.prefix(200))
        switch self {
        case .inside: return claim.isEmpty ? "unknown" : claim
        case .gone: return "unknown"
        case .peer(let peer):
            let name = peer.name
            let account = name == "uid \(peer.uid)" ? name : "\(name) (uid \(peer.uid))"
            return access != .owner || [name, "uid \(peer.uid)", ""].contains(claim)
                ? account : "\(account) for \(claim)"
        }
    }
}
