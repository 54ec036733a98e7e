/// What one listener may hold, and the threads it has to itself.
package struct ListenerLimits: Sendable {
    /// Connections at the same time; an idle one gives way to a newcomer, and when all are at work others wait in the kernel's queue.
    package var connectionsMax = 1024
    /// Of one address that is no trusted proxy.
    package var connectionsPerAddressMax = 512
    /// Threads that move bytes, and as many that run handlers: nothing that another listener does occupies them.
    package var threads = 1
    package var proxies = TrustedProxies.loopback
    /// Bytes the kernel keeps of an answer that is not fetched; nil: as the system grows it.
    package var sendBufferBytes: Int? = 128 << 10
    /// From the first byte of a head, or from the connection's start, to its last.
    package var headTimeout: Duration {
        get { times.head }
        set { times.head = newValue }
    }
    var times = ConnectionRules.Times()
    package var metrics: ListenerMetrics?

    package init() {}
}
