/// A TLS listener that is an origin of its own.
package struct WebPushListener: Hashable, Sendable {
    /// `webpush-1` and so on, in the order asked for: what scripts call it.
    package var name: String
    package var service: PushService
    /// 0 takes a free one until it is bound.
    package var port: Int
    /// Some hosts of UnifiedPush do not speak HTTP/2.
    package var isHTTP1Only: Bool

    package init(name: String, service: PushService, port: Int = 0, isHTTP1Only: Bool = false) {
        self.name = name
        self.service = service
        self.port = port
        self.isHTTP1Only = isHTTP1Only
    }

    package var origin: String { "https://localhost:\(port)" }
}
