/// An answer of the peer. Reads a buffer of the loop: valid during `RequestFeed.finished` only; copy what you keep.
package struct Answer {
    /// 200...599; informational answers (1xx) are skipped.
    package let status: Int
    /// From handing the request to libnghttp2 to the end of the answer, in steps of a loop turn.
    package let latency: Duration
    let buffer: AnswerBuffer

    /// The first field of this name (lower case), trailers included. Allocates only when it is found.
    package func header(_ name: StaticString) -> String? {
        buffer.header(name)
    }

    /// At most 16 KiB; see `isTruncated`. Allocates unless empty.
    package var body: [UInt8] { buffer.copyBody() }

    /// The peer sent more body or more fields than we keep; a longer body was cut off with a reset of the stream.
    package var isTruncated: Bool { buffer.isTruncated }
}
