import Synchronization

/// What changes while the simulator runs, shared by the endpoints.
final class SharedState: Sendable {
    let player: Mutex<ScriptPlayer>
    let accessTokens = Mutex(AccessTokens())
    /// What grants must name as their audience; known once the port is.
    let tokenURI = Mutex("")

    init(script: Script) {
        player = Mutex(ScriptPlayer(script: script))
    }
}

/// The work every endpoint has in common: play the script, write the log, make the response.
struct Desk: Sendable {
    let state: SharedState
    let log: PushLog
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    /// Ends a correct request: the script's behaviour if there is one for it, else `accept`'s answer.
    ///
    /// - Parameters:
    ///   - record: The log's entry, as if accepted.
    ///   - scriptToken: What the script calls the one concerned, when that may not stand in the log.
    ///   - scripted: Makes the provider's answer for a behaviour, with the reason for the log.
    ///   - accept: Makes the answer of a provider that behaves well.
    /// - Returns: What the listener does.
    func finish(
        _ record: Record,
        scriptToken: String? = nil,
        scripted: (Behaviour) -> (answer: Answer, reason: String),
        accept: () -> Answer
    ) -> Responder.Response {
        var record = record
        let behaviour = state.player.withLock { $0.next(provider: record.provider, token: scriptToken ?? record.token) }
        let delay = behaviour?.delayMilliseconds ?? 0
        guard let behaviour, behaviour.action != .accept else {
            let answer = accept()
            record.status = answer.status
            log.append(record, at: now())
            return .init(reply: .answer(answer), delayMilliseconds: delay)
        }
        if behaviour.action == .silence {
            record.outcome = .silent
            record.status = nil
            log.append(record, at: now())
            return .init(reply: .silence, delayMilliseconds: 0)
        }
        let (answer, reason) = scripted(behaviour)
        record.outcome = .scripted
        record.status = answer.status
        record.reason = reason
        log.append(record, at: now())
        return .init(reply: .answer(answer), delayMilliseconds: delay)
    }

    /// Ends a wrong request.
    func refuse(_ record: Record, with answer: Answer) -> Responder.Response {
        log.append(record, at: now())
        return .init(reply: .answer(answer), delayMilliseconds: 0)
    }
}
