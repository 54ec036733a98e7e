import Domain

/// What of a status a person should look at, each with what to try.
enum Attention {
    /// Older than this while nothing stops the lane: something is wrong, or the lane is too slow.
    static let oldestSecondsMax: Int64 = 900

    /// Most urgent first.
    static func deadLetters(_ count: Int64) -> String { say("\(count) {1:dead letter|dead letters}") }

    static func sentences(_ status: JSONObject, now: Instant) -> [String] {
        var sentences: [String] = []
        if status["service"]?["isAnswering"]?.bool == false {
            sentences.append(say("the service does not answer: nothing moves until it runs; try: carillon doctor"))
        }
        for reason in status["service"]?["notReady"]?.array?.compactMap(\.string) ?? [] {
            sentences.append(say("not ready: \(say(known: reason)); try: carillon doctor"))
        }
        if let broker = status["service"]?["broker"]?.string { sentences.append(broker + "; try: carillon doctor") }
        if let percent = status["store"]?["diskFreePercent"]?.int64, percent < 5 {
            sentences.append(say("only \(percent) % of the disk is free; new events are refused when it is full"))
        }
        for lane in status["lanes"]?.array?.compactMap(\.object) ?? [] { sentences += self.lane(lane, now: now) }
        if let dead = status["dead"]?.int64, dead > 0 {
            let newest = status["deadNewestAt"]?.string.flatMap { Instant(rfc3339: $0) }
            let when = newest.map { say(", the newest \(RelativeTime.text($0, now: now))") } ?? ""
            sentences.append(deadLetters(dead) + when + say("; try: carillon dead list --by reason"))
        }
        if let held = status["events"]?["held"]?.int64, held > 0 {
            sentences.append(say("\(held) events are held; try: carillon event list --state held"))
        }
        return sentences
    }

    private static func lane(_ lane: JSONObject, now: Instant) -> [String] {
        let name = lane["lane"]?.string ?? "?"
        let since = LaneFacts.sinceText(lane, now: now).map { say(" for \($0)") } ?? ""
        switch lane["state"]?.string {
        case "credentialFault":
            return [
                say(
                    "\(name): the provider refuses our credential\(since); a person must repair it; try: carillon lane show \(name)"
                )
            ]
        case "open", "halfOpen":
            return [
                say(
                    "\(name): the provider cannot be reached or said not now\(since); try: carillon lane show \(name)"
                )
            ]
        case "paused", "draining":
            return [say("\(name): stopped by an operator\(since); try: carillon lane resume \(name)")]
        default:
            guard let oldest = lane["oldestSeconds"]?.int64, oldest > oldestSecondsMax else { return [] }
            return [
                say(
                    "\(name): the oldest waits for \(RelativeTime.length(oldest)); try: carillon queue shape --lane \(name)"
                )
            ]
        }
    }
}
