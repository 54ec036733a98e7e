import API
import Domain
import HTTPTypes
import Pipeline
import Store
import Testing

/// What passes while the disk is short of room, and what has to wait outside.
@Suite(.timeLimit(.minutes(1)))
struct ShortOfRoomTests {
    private func event(_ id: String, urgency: String = "normal", users: Int = 1) -> JSONValue {
        [
            "specversion": "1.0", "id": .string(id), "source": .string(Gateway.source), "type": "fr.ent.publication",
            "data": [
                "app": "BLOG", "action": "PUBLISH-POST", "school": "0429901A", "urgency": .string(urgency),
                "audience": .array((0..<users).map { ["user": .string("u\($0)")] }), "title": "T", "body": "B",
            ],
        ]
    }

    private func serving(_ body: @escaping @Sendable (Gateway, APIClient) async throws -> Void) async throws {
        try await Gateway.run(
            change: { services in
                services.intake = Intake(
                    queue: services.queue,
                    registry: services.registryReader,
                    time: services.time,
                    metrics: PipelineMetrics(services.metrics),
                    takesBulk: { false },
                    onAccepted: {}
                )
            },
            { gateway, api async throws in
                try await gateway.importSample()
                try await body(gateway, api)
            }
        )
    }

    @Test(arguments: [("normal", 1, 202), ("urgent", 2000, 202), ("low", 1, 503), ("normal", 2001, 503)])
    func `what is not urgent or large is refused, and nothing else`(urgency: String, users: Int, status: Int)
        async throws
    {
        try await serving { _, api async throws in
            let answer = try await api.publish(JSONWriter.bytes(event("a", urgency: urgency, users: users)))
            #expect(answer.status == status)
            #expect(status == 202 || (answer.code == "storeUnavailable" && answer.headers[.retryAfter] != nil))
        }
    }

    @Test func `of a batch the small ones are taken, and one that is all bulk comes again`() async throws {
        try await serving { gateway, api async throws in
            let type = "application/cloudevents-batch+json"
            let mixed = JSONWriter.bytes([event("a"), event("b", urgency: "low")])
            let answer = try await api.publish(mixed, type: type)
            #expect(try answer.status == 202 && answer.json["results"]?.array?.map { $0["status"] } == [202, 503])
            let bulk = try await api.publish(JSONWriter.bytes([event("c", urgency: "low")]), type: type)
            #expect(bulk.status == 503 && bulk.headers[.retryAfter] != nil)
            #expect(
                try await gateway.services.queueReader.read {
                    try $0.dueEvents(now: gateway.time.source.now(), limit: 9).count
                } == 1
            )
        }
    }
}
