/// What goes back over the wire.
package struct Answer: Sendable {
    package var status: Int
    /// Names in lower case; `content-length` is added when sent.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

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
}

/// What a listener does with a request.
package enum Reply: Sendable {
    case answer(Answer)
    /// The stream stays open and nothing is ever sent on it.
    case silence
}
