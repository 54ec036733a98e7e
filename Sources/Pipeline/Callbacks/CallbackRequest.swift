/// A callback as it leaves.
package struct CallbackRequest: Sendable {
    package var url: String
    package var headers: [(name: String, value: String)]
    /// JSON: the object of `GET /v1/events/{id}`.
    package var body: [UInt8]
}
