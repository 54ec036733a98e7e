import Hummingbird
import NIOCore

/// A body whose sender waits for `100 Continue`: it is asked for when somebody begins to read, which is after the head has proven what it
/// can [RFC 9110 §10.1.1]. Without a reader the final status comes instead.
struct ContinueOnRead: AsyncSequence, Sendable {
    let body: RequestBody
    let channel: any Channel

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var body: RequestBody.AsyncIterator
        fileprivate let channel: any Channel
        private var hasAsked = false

        fileprivate init(body: RequestBody.AsyncIterator, channel: any Channel) {
            self.body = body
            self.channel = channel
        }

        @concurrent mutating func next() async throws -> ByteBuffer? {
            if !hasAsked {
                hasAsked = true
                channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            }
            return try await body.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body.makeAsyncIterator(), channel: channel) }
}
