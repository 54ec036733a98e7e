import API
import Delivery
import Domain
import HTTPTypes
import Pipeline
import Store
import Testing

/// What a publisher is told in the evening.
@Suite(.timeLimit(.minutes(1)))
struct QuietHoursReceiptTests {
    private func event(_ id: String, urgency: String = "normal", _ more: [String: JSONValue] = [:]) -> JSONValue {
        var data = JSONObject([
            "app": "BLOG", "action": "PUBLISH-POST", "school": "0429901A", "urgency": .string(urgency),
            "audience": [["user": "u1"]],
            "title": "T", "body": "B",
        ])
        for (name, value) in more { data[name] = value }
        return [
            "specversion": "1.0", "id": .string(id), "source": .string(Gateway.source), "type": "fr.ent.publication",
            "data": .object(data),
        ]
    }

    /// The gateway's clock stands at noon of a Monday in Paris, which is made quiet here.
    private func serving(_ body: @escaping @Sendable (Gateway, APIClient) async throws -> Void) async throws {
        var policy = QuietPolicy()
        policy.week = WeekOfMinutes([try Pause(from: "11:30", to: "13:30")])
        let rules = Current(DeliveryRules(quiet: policy))
        var entries = Gateway.publishers
        entries[1].publisher.rights.insert(.urgent)
        let publishers = PublisherDirectory(entries)
        try await Gateway.run(
            change: { services in
                services.publishers = publishers
                services.intake = Intake(
                    queue: services.queue,
                    registry: services.registryReader,
                    time: services.time,
                    metrics: PipelineMetrics(services.metrics),
                    rules: rules,
                    onAccepted: {}
                )
            },
            { gateway, api async throws in
                try await gateway.importSample()
                try await body(gateway, api)
            }
        )
    }

    @Test func `the receipt says when it rings`() async throws {
        try await serving { _, api async throws in
            let waits = try await api.publish(JSONWriter.bytes(event("a")))
            #expect(waits.status == 202)
            #expect(try waits.json["opensAt"] == "2026-11-23T12:30:00Z")
            // The same again is the same answer.
            let again = try await api.publish(JSONWriter.bytes(event("a")))
            #expect(try again.json["opensAt"] == "2026-11-23T12:30:00Z" && again.json["duplicate"] == true)
            // A message of the timeline names no school: Paris. What is scheduled for tomorrow morning waits for nothing but that.
            let timeline =
                #"{"action":"add","type":"BLOG","event-type":"PUBLISH-POST","recipientsIds":["u1"],"params":{},"pushNotif":{"title":"T","body":"B"}}"#
            let message = try await api.publish(Array(timeline.utf8), type: "application/json")
            #expect(try message.json["opensAt"] == "2026-11-23T12:30:00Z")
            let later = try await api.publish(JSONWriter.bytes(event("c", ["notBefore": "2026-11-24T08:00:00Z"])))
            #expect(try later.json["opensAt"] == .null)
        }
    }

    @Test func `urgent needs a right while there are quiet hours`() async throws {
        try await serving { gateway, api async throws in
            let refused = try await api.publish(JSONWriter.bytes(event("u", urgency: "urgent")))
            #expect(refused.status == 403 && refused.code == "urgentForbidden")
            let taken = try await api.publish(JSONWriter.bytes(event("n")))
            #expect(taken.status == 202)
            let right = try await api.publish(JSONWriter.bytes(event("r", urgency: "urgent")), key: Gateway.otherKey)
            #expect(try right.status == 202 && right.json["opensAt"] == .null)
            let written = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 10) }
            let urgent = written.filter { $0.verb == "event.urgent" }
            #expect(urgent.map(\.actor) == ["publisher other"])
            let id = try #require(right.json["id"]?.string)
            #expect(urgent.first?.filter == "event=\(id)")
        }
    }
}
