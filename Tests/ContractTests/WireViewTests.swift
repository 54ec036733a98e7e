import Contract
import Domain
import Testing

struct WireViewTests {
    @Test func `what is written is read again`() throws {
        var lane = LaneView()
        lane.lane = "fcm/onepocket"
        lane.state = "paused"
        lane.until = Instant(rfc3339: "2026-11-28T12:00:00Z")
        lane.pending = 7
        lane.areRemovalsFrozen = true
        #expect(LaneView(wire: lane.wire) == lane)
        // What has no value is null, unless the contract leaves it out.
        #expect(lane.object["oldestSeconds"] == .null && lane.object["connections"] == nil)
        #expect(lane.object["removalsFrozen"] == true)
    }

    @Test func `what is unknown is left out, what is absent keeps its default`() {
        let read = LaneView(wire: ["lane": "x", "of a newer version": 1])
        #expect(read?.lane == "x" && read?.pending == 0 && read?.until == nil)
    }

    @Test func `every member of another type is named`() {
        var errors: [FieldError] = []
        let object = JSONObject(["verb": 1, "ids": ["D-1", 2], "expect": "3", "yes": nil, "fresh": true])
        let order = BulkOrderView(object, errors: &errors)
        #expect(errors.map(\.pointer.description) == ["/verb", "/ids", "/expect"])
        #expect(errors.allSatisfy { $0.code == "malformed" } && order.isFresh == true && order.isConfirmed == nil)
        #expect(BulkOrderView(wire: .object(object)) == nil)
    }

    @Test func `counts keep their order and refuse what is no number`() {
        #expect(Counts(["b": 2, "a": 1]).text == "a 1, b 2")
        #expect(Counts(wire: ["a": "1"]) == nil && Counts(wire: ["z": 1, "a": 2])?.text == "z 1, a 2")
    }

    @Test func `of a list a screen has what can be read, and how much could not`() {
        let answer = JSONObject([
            "items": [
                ["lane": "a"], ["lane": 7], "x", ["lane": "b", "pending": "many"],
                ["lane": "c", "of a newer version": 1],
            ],
            "total": 5,
        ])
        var unread = 0
        let list = ListView<LaneView>(shown: answer, unread: &unread)
        #expect(list.items.map(\.lane) == ["a", "c"] && list.total == 5)
        #expect(unread == 3)
        // Whoever asks for something says it whole.
        #expect(ListView<LaneView>(wire: .object(answer)) == nil)
    }

    @Test func `an element that cannot be read counts once, whatever is in it`() {
        let answer = JSONObject([
            "items": [
                ["name": "one", "keys": [["id": "k1"], ["id": 2]], "schools": nil],
                ["name": 3, "keys": [["id": 4], ["id": 5]]], ["name": "two", "keys": "none"],
            ]
        ])
        var unread = 1
        let list = ListView<PublisherView>(shown: answer, unread: &unread)
        #expect(list.items.map(\.name) == ["one"] && list.items.first?.keys.map(\.id) == ["k1"])
        #expect(unread == 4)
    }
}
