import Domain

/// What of a status a person should look at, each with what to try.
enum Attention {
    /// Older than this while nothing stops the lane: something is wrong, or the lane is too slow.
    static let oldestSecondsMax: Int64 = 900

    /// Most urgent first.
    static func sentences(_ status: JSONObject) -> [String] {
        var sentences: [String] = []
        if status["service"]?["isAnswering"]?.bool == false {
            sentences.append("the service does not answer: nothing moves until it runs; try: carillon doctor")
        }
        for reason in status["service"]?["notReady"]?.array?.compactMap(\.string) ?? [] {
            sentences.append("not ready: \(reason); try: carillon doctor")
        }
        if let percent = status["store"]?["diskFreePercent"]?.int64, percent < 5 {
            sentences.append("only \(percent) % of the disk is free; new events are refused when it is full")
        }
        for lane in status["lanes"]?.array?.compactMap(\.object) ?? [] { sentences += self.lane(lane) }
        if let held = status["events"]?["held"]?.int64, held > 0 {
            sentences.append("\(held) events are held; try: carillon event list --state held")
        }
        return sentences
    }

    private static func lane(_ lane: JSONObject) -> [String] {
        let name = lane["lane"]?.string ?? "?"
        switch lane["state"]?.string {
        case "credentialFault":
            return [
                "\(name): the provider refuses our credential; a person must repair it; try: carillon lane show \(name)"
            ]
        case "open", "halfOpen":
            return [
                "\(name): the provider cannot be reached or said not now; try: carillon queue shape --lane \(name) --by reason"
            ]
        case "paused", "draining":
            return ["\(name): stopped by an operator; try: carillon lane resume \(name)"]
        default:
            guard let oldest = lane["oldestSeconds"]?.int64, oldest > oldestSecondsMax else { return [] }
            return [
                "\(name): the oldest waits for \(RelativeTime.length(oldest)); try: carillon queue shape --lane \(name)"
            ]
        }
    }
}
