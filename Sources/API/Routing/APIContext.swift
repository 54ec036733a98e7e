package import Hummingbird
package import NIOCore

/// What is known of a request beside itself; filled by the middleware.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// What `X-Request-Id` of the answer says.
    package var requestID = ""
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
