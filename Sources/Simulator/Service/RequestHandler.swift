import Foundation
import Synchronization

/// What changes while the simulator runs, shared by the endpoints.
final class SharedState: Sendable {
    let player: Mutex<ScriptPlayer>
    let accessTokens = Mutex(AccessTokens())
    let subscriptions: Mutex<Subscriptions>
    /// What grants must name as their audience; known once the port is.
    let tokenURI = Mutex("")
    /// Web Push listeners by name, with the ports they got.
    let webPushListeners: Mutex<[WebPushListener]>

    init(settings: SimulatorSettings) {
        player = Mutex(ScriptPlayer(script: settings.script, startedAt: settings.now()))
        subscriptions = Mutex(settings.subscriptions)
        webPushListeners = Mutex(settings.webPush)
    }
}

/// The work every endpoint has in common: play the script, write the log, make the response.
struct RequestHandler: Sendable {
    let state: SharedState
    let log: PushLog
    /// False takes every request a target can be read from: see ``SimulatorSettings/isStrict``.
    let isStrict: Bool
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    /// Ends a correct request: the script's behaviour if there is one for it, else `accept`'s answer.
    ///
    /// - Parameters:
    ///   - record: The log's entry, as if accepted.
    ///   - request: As received; a script's conditions look at where it came in.
    ///   - scriptToken: What the script calls the one concerned, when that may not stand in the log.
    ///   - scripted: Makes the provider's answer for a behaviour, with the reason for the log.
    ///   - accept: Makes the answer of a provider that behaves well.
    /// - Returns: What the listener does.
    func finish(
        _ record: Record,
        request: ReceivedRequest,
        scriptToken: String? = nil,
        scripted: (Behaviour) -> (answer: Answer, reason: String),
        accept: () -> Answer
    ) -> Responder.Response {
        var record = record
        let now = now()
        let occasion = ScriptPlayer.Occasion(
            provider: record.provider,
            token: scriptToken ?? record.token,
            listener: request.listener,
            ordinal: request.ordinal,
            now: now
        )
        guard let behaviour = state.player.withLock({ $0.next(occasion) }) else {
            let answer = accept()
            record.status = answer.status
            log.append(record, at: now)
            return .init(reply: .answer(answer))
        }
        let reply = reply(behaviour, record: &record, scripted: scripted, accept: accept, now: now)
        log.append(record, at: now)
        var delay = behaviour.delayMilliseconds
        if case .silence = reply { delay = 0 }
        return .init(reply: reply, delayMilliseconds: delay, connectionActions: behaviour.connectionActions)
    }

    private func reply(
        _ behaviour: Behaviour,
        record: inout Record,
        scripted: (Behaviour) -> (answer: Answer, reason: String),
        accept: () -> Answer,
        now: Int64
    ) -> Reply {
        if behaviour.connectionActions.leaveOutRequest {
            record.lose("goaway", outcome: .lost)
            return .silence
        }
        switch behaviour.action {
        case .silence:
            record.lose("silence", outcome: behaviour.delivers ? .accepted : .silent)
            return .silence
        case .freeze:
            record.lose("freeze", outcome: behaviour.delivers ? .accepted : .silent)
            return .freeze
        case .close:
            record.lose("close", outcome: behaviour.delivers ? .accepted : .lost)
            return .close
        case .reset(let code):
            record.lose("reset", outcome: behaviour.delivers ? .accepted : .lost)
            record.more["code"] = .integer(Int64(code))
            return .reset(code: code)
        case .accept:
            let answer = shaped(accept(), behaviour, now: now)
            record.status = answer.status
            return .answer(answer)
        case .named, .status, .raw:
            let (answer, reason) = scripted(behaviour)
            record.outcome = .scripted
            record.status = answer.status
            record.reason = reason
            return .answer(shaped(answer, behaviour, now: now))
        }
    }

    /// The answer with the behaviour's headers and in its frames.
    private func shaped(_ answer: Answer, _ behaviour: Behaviour, now: Int64) -> Answer {
        var answer = answer
        switch behaviour.retryAfter {
        case nil: break
        case .text(let text): answer.headers.append(("retry-after", text))
        case .date(let seconds):
            // Within the years that a date of HTTP can write: 1970 to 9999.
            let due = min(max(0, Double(now / 1000) + Double(seconds)), 253_402_300_799)
            answer.headers.append(("retry-after", Self.httpDate(due)))
        }
        for (name, value) in behaviour.headers.sorted(by: { $0.key < $1.key }) { answer.headers.append((name, value)) }
        if behaviour.omitsBody { answer.body = [] }
        answer.frames = behaviour.frames
        return answer
    }

    /// IMF-fixdate [RFC 9110 §5.6.7] of seconds since 1970.
    private static func httpDate(_ seconds: TimeInterval) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: seconds))
    }

    /// Ends a wrong request.
    func refuse(_ record: Record, with answer: Answer) -> Responder.Response {
        log.append(record, at: now())
        return .init(reply: .answer(answer))
    }
}
