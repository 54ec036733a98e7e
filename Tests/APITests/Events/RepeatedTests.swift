import API
import Domain
import HTTPTypes
import Pipeline
import Store
import Synchronization
import Testing

/// A repetition of an accepted event is answered as such, whatever has changed since.
@Suite(.timeLimit(.minutes(1)))
struct RepeatedTests {
    private func event(_ id: String, _ more: JSONValue = [:]) -> [UInt8] {
        var data = JSONObject([
            "app": "BLOG", "action": "PUBLISH-POST", "school": .string(PublishTests.school),
            "audience": [["user": "u1"]], "title": "T", "body": "B",
        ])
        for member in more.object ?? JSONObject() { data[member.name] = member.value }
        return JSONWriter.bytes([
            "specversion": "1.0", "id": .string(id), "source": .string(Gateway.source), "type": "fr.ent.publication",
            "data": .object(data),
        ])
    }

    private func entries(_ change: (inout Publisher) -> Void) -> [PublisherDirectory.Entry] {
        Gateway.publishers.map { entry in
            var entry = entry
            change(&entry.publisher)
            return entry
        }
    }

    static let changes: [(String, @Sendable (inout Publisher) -> Void)] = [
        ("schools", { $0.schools = ["0429999Z"] }), ("sources", { $0.sources = ["https://other.example"] }),
        ("rights", { $0.rights = [] }),
    ]

    @Test(arguments: changes.map(\.0))
    func `after the publisher's rights changed`(what: String) async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let first = try await api.publish(event("a"))
            #expect(first.status == 202)
            let change = Self.changes.first { $0.0 == what }
            gateway.services.publishers.replace(entries { change?.1(&$0) })
            let again = try await api.publish(event("a"))
            #expect(again.status == 200)
            #expect(try again.json["duplicate"] == true && again.json["id"] == first.json["id"])
            #expect(try await api.publish(event("a", ["title": "Other"])).status == 409)
            #expect(try await api.publish(event("b")).status == 403)
        }
    }

    @Test func `while the disk is scarce, and of each event of a batch`() async throws {
        let isScarce = Flag()
        try await Gateway.run(change: { services in
            services.intake = Intake(
                queue: services.queue,
                registry: services.registryReader,
                time: services.time,
                metrics: PipelineMetrics(services.metrics),
                hasRoom: { !isScarce.value },
                onAccepted: {}
            )
        }) { gateway, api async throws in
            try await gateway.importSample()
            let batch = [UInt8]("[".utf8) + event("a") + [0x2C] + event("b") + [0x5D]
            let type = "application/cloudevents-batch+json"
            #expect(try await api.publish(batch, type: type).status == 202)
            isScarce.set()
            #expect(try await api.publish(event("a")).status == 200)
            #expect(try await api.publish(event("c")).status == 503)
            let again = try await api.publish(batch, type: type)
            #expect(again.status == 200)
            #expect(try again.json["results"]?.array?.map { $0["status"] } == [200, 200])
            #expect(
                try await api.publish([0x5B] + event("a") + [0x2C] + event("c") + [0x5D], type: type).status == 503
            )
        }
    }

    @Test func `after what it says is no longer taken`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let body = event("later", ["notBefore": "2027-11-20T12:00:00Z"])
            #expect(try await api.publish(body).status == 202)
            gateway.time.advance(.seconds(-86_400 * 10))
            #expect(try await api.publish(body).status == 200)
            let other = try await api.publish(event("other", ["notBefore": "2027-11-20T12:00:00Z"]))
            #expect(other.status == 422)
        }
    }

    @Test func `an Idempotency-Key makes no new event of a signed replay`() async throws {
        try await Gateway.run { gateway, api async throws in
            let body = PublishTests.timeline("signed")
            var headers = PublishTests.signed(body, id: "msg_9", at: gateway.services.time.now())
            headers["Content-Type"] = "application/json"
            let first = try await api.send(.post, "/v1/events", headers, body)
            #expect(first.status == 202)
            headers["Idempotency-Key"] = "\"another\""
            let replay = try await api.send(.post, "/v1/events", headers, body)
            #expect(replay.status == 200)
            #expect(try replay.json["id"] == first.json["id"])
        }
    }
}

private final class Flag: Sendable {
    private let state = Mutex(false)
    var value: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
