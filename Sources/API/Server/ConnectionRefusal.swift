/// Why a request is answered without being read, and its connection closed.
enum ConnectionRefusal: Hashable, Sendable {
    case headTooLarge
    /// No Host, or several [RFC 9112 §3.2].
    case hosts
    case malformed
}
