import Simulator

/// What `serve --help` says beyond the options.
enum ServeHelp {
    static let text = """
        When it listens it writes the token endpoint's address into fcm.json of the data folder and prints one line of \
        JSON with its ports on standard output.

        SCRIPT. {PROVIDER: {TOKEN: STEP or [STEP, …]}}. PROVIDER: apns, fcm, webpush, google, ent or *. TOKEN: the \
        device's; for webpush the subscription's id, for google the service account's e-mail, for ent the bearer; or *. \
        The most particular rule with something to play wins; of an array the first step that is not used up and whose \
        conditions hold. STEP: a name or an object.
        What is answered: behaviour NAME, or status 200-599 with reason (the provider's error body) or body and \
        contentType.
        How: delay (ms), retryAfter (seconds, a text, or {"date": seconds from now}), timestamp (ms since 1970) or \
        timestampFromNow (ms) of a 410, headers {name: text}, frames N (DATA frames of the body), bodyless true \
        (HEADERS end the stream), delivers true (the push counts as taken although its answer is lost), code (of reset), \
        goaway {"last": "this", "before", "max" or a stream, "code": name or number, "debug": text or object} or an \
        array of these, settings {"maxConcurrentStreams": N, "initialWindowSize": N, "after": ms} or an array.
        When: times N, then used up; nth N, the Nth request that reaches the step; every N, each Nth; onConnection N, \
        the Nth request of each connection; listener https, http or webpush-N; from and until (ms since the script was set).
        Examples: {"apns": {"*": {"behaviour": "503", "until": 60000}, "ab12": "unregistered"}}
        {"fcm": {"*": [{"behaviour": "accept", "times": 9}, {"behaviour": "429", "retryAfter": 5, "times": 1}]}}
        {"apns": {"*": {"onConnection": 100, "goaway": {"last": "before", "debug": {"reason": "Shutdown"}}}}}
        {"webpush": {"*": {"listener": "webpush-2", "behaviour": "reset", "code": "REFUSED_STREAM"}}}

        BEHAVIOURS: \(Script.names.joined(separator: ", ")).

        CONTROL, on both ports: GET, PUT, POST or DELETE /control/script; POST /control/reset (script, log, counts); \
        GET /control/counts; GET /control/log?since=SEQ&max=N&provider=&outcome=&token=; DELETE /control/log; \
        DELETE /control/access-tokens; GET /control/ready; GET /control/subscriptions; \
        POST /control/subscriptions?listener=NAME with {} for a new one or id, d, p256dh, auth, vapidKey in base64url; \
        DELETE /control/subscriptions/ID, which is 410 from then on.

        Web Push services: \(PushService.allCases.map(\.rawValue).joined(separator: ", ")); endpoints are \
        https://localhost:PORT/wp/ID. A message that does not decrypt is refused with 400, which a real service could not see.
        """
}
