/// A device's address as its request needs it.
package struct PushAddress: Sendable {
    /// The first byte of the stored form.
    package let form: UInt8
    /// The token, or the path of an endpoint.
    package let text: String
    /// What was encrypted for this device alone: of a browser the whole body, of a phone the text in it.
    package let body: [UInt8]?

    package init(form: UInt8, text: String, body: [UInt8]? = nil) {
        self.form = form
        self.text = text
        self.body = body
    }
}
