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
}
