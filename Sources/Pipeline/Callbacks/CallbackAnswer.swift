/// What came back.
package struct CallbackAnswer: Sendable {
    /// nil: no answer.
    package var status: Int?
    package var retryAfter: Duration?

    package init(status: Int?, retryAfter: Duration? = nil) {
        self.status = status
        self.retryAfter = retryAfter
    }
}
