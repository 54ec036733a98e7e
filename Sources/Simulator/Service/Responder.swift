import Synchronization

/// Gives each request to the provider whose part it is for.
///
/// Synchronous: answers are computed on the event loop in some tens of microseconds.
package final class Responder: Sendable {
    /// A reply and how long to wait before it.
    package struct Response: Sendable {
        package var reply: Reply
        package var delayMilliseconds: Int64
    }

    private let state: SharedState
    private let apns: APNsEndpoint
    private let fcm: FCMEndpoint
    private let google: GoogleTokenEndpoint
    private let ent: UserinfoEndpoint
    private let control: ControlEndpoint
    private let latencyMilliseconds: Int64
    package let log: PushLog

    /// - Parameters:
    ///   - settings: Accounts, users, script and latency; ports and files do not concern it.
    ///   - log: Counts and keeps what happens; the caller flushes it.
    package init(settings: SimulatorSettings, log: PushLog) {
        state = SharedState(script: settings.script)
        let desk = Desk(state: state, log: log, now: settings.now)
        apns = APNsEndpoint(
            desk: desk,
            accounts: settings.apns,
            limitsProviderTokenUpdates: settings.limitsProviderTokenUpdates
        )
        fcm = FCMEndpoint(desk: desk, projects: Set(settings.fcm.map(\.projectID)))
        google = GoogleTokenEndpoint(
            desk: desk,
            validator: GrantValidator(accounts: settings.fcm),
            lifetimeSeconds: settings.accessTokenSeconds
        )
        ent = UserinfoEndpoint(desk: desk, users: settings.users)
        control = ControlEndpoint(desk: desk)
        latencyMilliseconds = settings.latencyMilliseconds
        self.log = log
    }

    /// Says what grants must name as their audience; before it none is given.
    package func announce(tokenURI: String) {
        state.tokenURI.withLock { $0 = tokenURI }
    }

    package func respond(to request: ReceivedRequest) -> Response {
        let path = request.path
        var response: Response
        if path == "/3" || path.hasPrefix("/3/") {
            response = apns.respond(to: request)
        } else if path == "/token" {
            response = google.respond(to: request)
        } else if path == "/auth/oauth2/userinfo" {
            response = ent.respond(to: request)
        } else if path.hasPrefix("/control/") {
            return Response(reply: .answer(control.respond(to: request)), delayMilliseconds: 0)
        } else {
            // Everything else is Google's host, where a wrong path is a bare 404.
            response = fcm.respond(to: request)
        }
        response.delayMilliseconds += latencyMilliseconds
        return response
    }

    package func opened(connection: Int) {
        log.countConnection(opened: true)
    }

    package func closed(connection: Int) {
        log.countConnection(opened: false)
        apns.closed(connection: connection)
    }
}
