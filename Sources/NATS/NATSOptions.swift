/// Where the messages are, who we are there, and how much of them is held here.
package struct NATSOptions: Sendable {
    package enum Credentials: Sendable {
        /// A file of a JSON Web Token and the seed of its key, read at each connection.
        case file(path: String)
        case user(String, password: String)
        case token(String)
    }

    /// A stream that keeps the messages of the subject, and our durable consumer of it.
    package struct Stream: Sendable {
        package var name: String
        package var durable: String

        package init(name: String, durable: String) {
            self.name = name
            self.durable = durable
        }
    }

    /// `nats://host:port` or `tls://host:port`, several of a cluster with commas between.
    package var url: String
    package var subject: String
    /// The members of a group share the messages; not asked for with a stream, whose consumer shares them.
    package var queueGroup: String
    package var credentials: Credentials?
    /// nil: the server keeps nothing, and what it has sent comes once.
    package var stream: Stream?
    /// PEM certificates trusted beside the system store.
    package var caFile: String?

    package init(
        url: String,
        subject: String,
        queueGroup: String,
        credentials: Credentials? = nil,
        stream: Stream? = nil,
        caFile: String? = nil
    ) {
        self.url = url
        self.subject = subject
        self.queueGroup = queueGroup
        self.credentials = credentials
        self.stream = stream
        self.caFile = caFile
    }

    /// Messages that one take returns.
    static let takeMax = 64
    /// Bytes of them together; one message may be larger.
    static let takeBytesMax = 32 << 20
    /// Without a stream the server does not wait: so many may have come that are not taken yet, and so many bytes; more are dropped.
    static let pendingMax = 4096
    static let pendingBytesMax = 32 << 20
    /// With a stream a message that is not answered for so long comes again.
    static let answerWait = Duration.seconds(30)
    /// Messages that a stream's consumer waits for an answer of; those that come again later are among them.
    static let unansweredMax = 10_000
}
