package import NATS

/// One connection to a broker, whose calls may take their time.
package protocol MessageSource: Sendable {
    /// What has come, empty after about half a second without.
    func take() async throws(NATSError) -> [NATSMessage]
    /// Tells the stream what became of its messages.
    func answer(_ answers: [(NATSMessage.Kept, NATSAnswer)]) async throws(NATSError)
    /// Nothing more comes; what has come is still taken.
    func drain() async throws(NATSError)
    /// Messages dropped since the connection was made.
    var dropped: Int { get async }
}

/// Connected and subscribed when it returns.
package typealias BrokerConnect = @Sendable () async throws(NATSError) -> any MessageSource
