import Synchronization

/// Gives each request to the provider whose part it is for.
///
/// Synchronous: answers are computed on the event loop in some tens of microseconds.
package final class Responder: Sendable {
    /// A reply and how long to wait before it.
    package struct Response: Sendable {
        package var reply: Reply
        package var delayMilliseconds: Int64 = 0
        /// Before the reply, HTTP/2 only.
        package var connectionActions: [ConnectionAction] = []
    }

    private let state: SharedState
    private let apns: APNsEndpoint
    private let fcm: FCMEndpoint
    private let google: GoogleTokenEndpoint
    private let webPush: WebPushEndpoint
    private let webPushServices: [String: PushService]
    private let ent: UserinfoEndpoint
    private let control: ControlEndpoint
    private let latencyMilliseconds: Int64
    package let log: PushLog

    /// - Parameters:
    ///   - settings: Accounts, users, script and latency; ports and files do not concern it.
    ///   - log: Counts and keeps what happens; the caller flushes it.
    package init(settings: SimulatorSettings, log: PushLog) {
        state = SharedState(settings: settings)
        let handler = RequestHandler(state: state, log: log, isStrict: settings.isStrict, now: settings.now)
        apns = APNsEndpoint(
            handler: handler,
            accounts: settings.apns,
            limitsProviderTokenUpdates: settings.limitsProviderTokenUpdates
        )
        fcm = FCMEndpoint(handler: handler, projects: Set(settings.fcm.map(\.projectID)))
        google = GoogleTokenEndpoint(
            handler: handler,
            validator: GrantValidator(accounts: settings.fcm),
            lifetimeSeconds: settings.accessTokenSeconds
        )
        webPush = WebPushEndpoint(handler: handler)
        webPushServices = Dictionary(uniqueKeysWithValues: settings.webPush.map { ($0.name, $0.service) })
        ent = UserinfoEndpoint(handler: handler, users: settings.users)
        control = ControlEndpoint(handler: handler)
        latencyMilliseconds = settings.latencyMilliseconds
        self.log = log
    }

    /// Says what grants must name as their audience (before it none is given) and which ports the Web Push listeners got.
    package func announce(tokenURI: String, webPush: [WebPushListener] = []) {
        state.tokenURI.withLock { $0 = tokenURI }
        state.webPushListeners.withLock { $0 = webPush }
    }

    package func respond(to request: ReceivedRequest) -> Response {
        let path = request.path
        var response: Response
        if let service = webPushServices[request.listener] {
            response = webPush.respond(to: request, service: service)
        } else if path == "/3" || path.hasPrefix("/3/") {
            response = apns.respond(to: request)
        } else if path == "/token" {
            response = google.respond(to: request)
        } else if path == "/auth/oauth2/userinfo" {
            // Without the latency: who waits for it registers phones, and thousands of them would take minutes.
            return ent.respond(to: request)
        } else if path.hasPrefix("/control/") {
            return Response(reply: .answer(respondToControl(request)))
        } else {
            // Everything else is Google's host, where a wrong path is a bare 404.
            response = fcm.respond(to: request)
        }
        response.delayMilliseconds += latencyMilliseconds
        return response
    }

    private func respondToControl(_ request: ReceivedRequest) -> Answer {
        if request.path == "/control/reset", request.method == "POST" { apns.reset() }
        return control.respond(to: request)
    }

    package func opened(connection: Int) {
        log.countConnection(opened: true)
    }

    package func closed(connection: Int) {
        log.countConnection(opened: false)
        apns.closed(connection: connection)
    }
}
