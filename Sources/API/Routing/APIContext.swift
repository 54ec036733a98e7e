package import Hummingbird
import Logging
package import NIOCore
import Telemetry

/// What is known of a request beside itself; filled by the middleware.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// What `X-Request-Id` of the answer says.
    package var requestID = ""
    /// Of the sender.
    var trace: TraceParent?
    /// Filled by the handler once it knows.
    let sender = RequestSender()
    /// Who asks the admin routes, and what he or she may; set by ``AdminAccessMiddleware``.
    var caller = Caller.inside
    var access = AdminAccess.owner
    /// nil for a request that came over no connection.
    package let channel: (any Channel)?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Of a request made by this process itself.
    init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: OwnSource(logger: logger))
        channel = nil
    }

    /// ``Caller/actor(claim:access:)`` of this request.
    func actor(claim: String) -> String { caller.actor(claim: claim, access: access) }

    private struct OwnSource: RequestContextSource {
        let logger: Logger
    }
}
