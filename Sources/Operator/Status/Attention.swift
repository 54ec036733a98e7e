import Contract
import Domain
import Store

/// What of a status a person should look at, each with what to try.
enum Attention {
    /// Older than this while nothing stops the lane: something is wrong, or the lane is too slow.
    static let oldestSecondsMax = 900

    static func deadLetters(_ count: some BinaryInteger) -> String { say("\(count) {1:dead letter|dead letters}") }

    /// Most urgent first.
    static func sentences(_ report: StatusReport) -> [String] {
        var sentences: [String] = []
        if report.service == nil {
            sentences.append(say("the service does not answer: nothing moves until it runs; try: carillon doctor"))
        }
        for reason in report.service?.notReady ?? [] {
            sentences.append(say("not ready: \(say(known: reason)); try: carillon doctor"))
        }
        if let broker = report.service?.broker { sentences.append(broker + "; try: carillon doctor") }
        if let sentence = Listing.sentence(unread: report.facts.unread) { sentences.append(sentence) }
        let percent = report.files.freePercent
        if percent < 5 {
            sentences.append(say("only \(percent) % of the disk is free; new events are refused when it is full"))
        }
        for lane in report.facts.items { sentences += self.lane(lane, now: report.at) }
        let dead = report.facts.sum(\.dead)
        if dead > 0 {
            let when = report.newestDead.map { say(", the newest \(RelativeTime.text($0, now: report.at))") } ?? ""
            sentences.append(deadLetters(dead) + when + say("; try: carillon dead list --by reason"))
        }
        if let held = report.counts[.held], held > 0 {
            sentences.append(say("\(held) events are held; try: carillon event list --state held"))
        }
        return sentences
    }

    private static func lane(_ lane: LaneView, now: Instant) -> [String] {
        let (name, since) = (lane.lane, lane.sinceText(now: now))
        switch lane.state {
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
            guard let oldest = lane.oldestSeconds, oldest > oldestSecondsMax else { return [] }
            return [
                say(
                    "\(name): the oldest waits for \(RelativeTime.length(Int64(oldest))); try: carillon queue shape --lane \(name)"
                )
            ]
        }
    }
}
