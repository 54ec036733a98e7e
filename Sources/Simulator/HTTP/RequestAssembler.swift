/// Collects a request's parts up to its end, whatever the version of HTTP.
struct RequestAssembler {
    /// Enough for every provider's limit and for a script of a demo; beyond it the answer is 413 and the rest is dropped.
    static let bodyBytesMax = 16 << 20

    private(set) var request: ReceivedRequest?
    private(set) var isTooLarge = false

    mutating func begin(_ request: ReceivedRequest) {
        self.request = request
        isTooLarge = false
    }

    mutating func append(_ bytes: some Sequence<UInt8>, count: Int) {
        guard let held = request?.body.count, held + count <= Self.bodyBytesMax else {
            isTooLarge = true
            request?.body = []
            return
        }
        request?.body.append(contentsOf: bytes)
    }

    /// Gives the request away and is empty again.
    mutating func end() -> ReceivedRequest? {
        defer { request = nil }
        return request
    }
}
