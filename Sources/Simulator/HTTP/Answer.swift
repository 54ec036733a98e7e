/// What goes back over the wire.
package struct Answer: Sendable {
    package var status: Int
    /// Names in lower case; `content-length` is added when sent.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Pieces the body is cut into, each a DATA frame of its own.
    package var frames = 1

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(status: Int, json: JSON, headers: [(name: String, value: String)] = []) {
        self.init(
            status: status,
            headers: [("content-type", "application/json; charset=UTF-8")] + headers,
            body: json.serialized
        )
    }

    package init(status: Int, html: String, headers: [(name: String, value: String)] = []) {
        self.init(
            status: status,
            headers: [("content-type", "text/html; charset=UTF-8")] + headers,
            body: Array(html.utf8)
        )
    }

    /// The body in order; no piece is empty, none at all for an empty body.
    package var pieces: [ArraySlice<UInt8>] {
        let size = max(1, (body.count + frames - 1) / max(1, frames))
        return stride(from: 0, to: body.count, by: size).map { body[$0..<min($0 + size, body.count)] }
    }
}

/// What a listener does with a request.
package enum Reply: Sendable {
    case answer(Answer)
    /// The stream stays open and nothing is ever sent on it.
    case silence
    /// RST_STREAM; over HTTP/1.1 the connection is closed.
    case reset(code: UInt32)
    /// The connection is closed.
    case close
    /// Nothing is sent, nothing more is read.
    case freeze
}
