import Contract
import Domain
import Store
import Testing

@testable import Operator

/// The keys of `queue top`, without a terminal.
@Suite struct TopControlsTests {
    private var controls = TopControls(view: nil)

    private static func lane(_ name: String, _ state: String) -> LaneView {
        var lane = LaneView()
        (lane.lane, lane.state) = (name, state)
        return lane
    }

    init() { controls.show([Self.lane("apns/one", "active"), Self.lane("fcm/one", "paused")]) }

    private mutating func type(_ text: String) -> TopControls.Action {
        var last = TopControls.Action.none
        for byte in text.utf8 { last = controls.take(byte) }
        return last
    }

    @Test mutating func `views and quitting`() {
        #expect(type("r") == .none && controls.view == .reason)
        #expect(type("n") == .none && controls.view == nil)
        for key in ["q", "Q", "\u{3}", "\u{4}"] { #expect(type(key) == .quit) }
    }

    @Test mutating func `p asks why and pauses the chosen lane`() {
        #expect(controls.footer.contains("Tab apns/one: p pauses"))
        #expect(type("pq") == .none, "q is a letter of the reason now")
        #expect(controls.footer.hasPrefix("pause apns/one, why? q_"))
        #expect(type("\u{7F}clé à b\u{7F}\u{7F}\u{7F}\u{8}\n") == .order(verb: "pause", lane: "apns/one", why: "clé"))
        #expect(controls.footer.contains("q quit"))
        controls.say("apns/one: paused.")
        #expect(controls.footer == "apns/one: paused.")
        _ = type(" ")
        #expect(controls.footer.contains("q quit"))
    }

    @Test mutating func `a pause needs a reason, a resume does not`() {
        #expect(type("p\n") == .none && controls.footer.hasPrefix("pause apns/one, why?"))
        #expect(type("  \n") == .none)
        #expect(type("\u{1B}") == .none && controls.footer.contains("q quit"))
        #expect(type("\tp\n") == .order(verb: "resume", lane: "fcm/one", why: ""))
        #expect(type("p\u{3}") == .none && type("\u{3}") == .quit, "Ctrl-C leaves the question first")
    }

    @Test mutating func `the chosen lane is kept by its name, and Tab goes round`() {
        _ = type("\t")
        controls.show([
            Self.lane("aaa", "active"), Self.lane("apns/one", "active"),
            Self.lane("fcm/one", "active"),
        ])
        #expect(controls.chosen == "fcm/one" && controls.footer.contains("p pauses"))
        _ = type("\t")
        #expect(controls.chosen == "aaa")
        controls.show([])
        #expect(type("p\t") == .none && controls.chosen == nil)
        #expect(type("q") == .quit)
    }

    @Test mutating func `a reason is bounded`() {
        let long = String(repeating: "x", count: 2000)
        #expect(type("p" + long + "\n") == .order(verb: "pause", lane: "apns/one", why: String(long.prefix(1000))))
    }
}
