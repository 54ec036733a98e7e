/// A complete answer, whatever its status.
package struct WebResponse: Sendable, Equatable {
    package let status: Int
    /// In the order received; names in lower case; a name may occur more than once.
    package let headers: [WebHeader]
    package let body: [UInt8]
    /// When the server's certificate ends, `Mar  4 12:00:00 2027 GMT`; only of a request that wants it.
    package let certificateEnd: String?

    package init(status: Int, headers: [WebHeader], body: [UInt8], certificateEnd: String? = nil) {
        self.certificateEnd = certificateEnd
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: the value without surrounding blanks; nil when the header is absent.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
