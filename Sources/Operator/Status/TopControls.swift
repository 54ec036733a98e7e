import Contract
import Store

/// What the keys of `queue top` mean: the view, the lane that is chosen, and the line in which a reason is typed. No I/O.
struct TopControls {
    enum Action: Equatable {
        case none
        case quit
        /// `pause` or `resume`.
        case order(verb: String, lane: String, why: String)
    }

    private struct Prompt {
        var verb: String
        var lane: String
        var typed: [UInt8] = []
    }

    private static let whyBytesMax = 1000
    private static let (escape, tab, backspace, delete): (UInt8, UInt8, UInt8, UInt8) = (0x1B, 0x09, 0x08, 0x7F)
    /// Ctrl-C and Ctrl-D.
    private static let ends: Set<UInt8> = [0x03, 0x04]
    private static let views: [UInt8: AgeMatrix.Key?] = [
        0x6C: .lane, 0x73: .school, 0x6B: .kind, 0x72: .reason, 0x6E: nil,
    ]

    /// Ages shown below the status; nil: none.
    private(set) var view: AgeMatrix.Key?
    private(set) var chosen: String?
    private var states: [(lane: String, state: String)] = []
    private var prompt: Prompt?
    /// What became of the last order; until the next key.
    private var notice: String?

    init(view: AgeMatrix.Key?) { self.view = view }

    /// The lanes of the frame that is about to be drawn. The chosen one stays chosen by its name.
    mutating func show(_ lanes: [LaneView]) {
        states = lanes.map { ($0.lane, $0.state) }
        if !states.contains(where: { $0.lane == chosen }) { chosen = states.first?.lane }
    }

    mutating func say(_ text: String) { notice = text }

    mutating func take(_ key: UInt8) -> Action {
        notice = nil
        if let prompt { return answer(prompt, key) }
        switch key {
        case 0x71, 0x51: return .quit
        case _ where Self.ends.contains(key): return .quit
        case Self.tab: next()
        case 0x70:
            guard let chosen else { return .none }
            prompt = Prompt(verb: isStopped(chosen) ? "resume" : "pause", lane: chosen)
        default: if let view = Self.views[key] { self.view = view }
        }
        return .none
    }

    /// The last line of the screen.
    var footer: String {
        if let prompt {
            let typed = String(decoding: prompt.typed, as: UTF8.self)
            return prompt.verb == "resume"
                ? Operator.say("resume \(prompt.lane), why? \(typed)_   (Enter does it, Esc leaves)")
                : Operator.say("pause \(prompt.lane), why? \(typed)_   (Enter does it, Esc leaves)")
        }
        let lane =
            chosen.map {
                isStopped($0) ? Operator.say("Tab \($0): p resumes  ") : Operator.say("Tab \($0): p pauses  ")
            } ?? ""
        return notice ?? Operator.say("l lane  s school  k kind  r reason  n none  \(lane)q quit")
    }

    private func isStopped(_ lane: String) -> Bool {
        states.contains { $0.lane == lane && ["paused", "draining"].contains($0.state) }
    }

    private mutating func next() {
        guard !states.isEmpty else { return }
        let place = states.firstIndex { $0.lane == chosen } ?? -1
        chosen = states[(place + 1) % states.count].lane
    }

    private mutating func answer(_ asked: Prompt, _ key: UInt8) -> Action {
        switch key {
        case Self.escape: prompt = nil
        case _ where Self.ends.contains(key): prompt = nil
        case 0x0A, 0x0D:
            let why = String(decoding: asked.typed, as: UTF8.self)
            // Going on needs no reason, stopping does, as in the commands.
            guard asked.verb == "resume" || why.contains(where: { !$0.isWhitespace }) else { return .none }
            prompt = nil
            return .order(verb: asked.verb, lane: asked.lane, why: why)
        case Self.backspace, Self.delete:
            // A whole character: its continuation bytes go with it [RFC 3629 §3].
            while let last = prompt?.typed.popLast(), last & 0xC0 == 0x80 {}
        case 0x20... where asked.typed.count < Self.whyBytesMax: prompt?.typed.append(key)
        default: break
        }
        return .none
    }
}
