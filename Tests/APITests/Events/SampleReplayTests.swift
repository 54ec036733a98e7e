import API
import Domain
import FoundationEssentials
import HTTPTypes
import Testing

/// Every request body of the sample, posted in the order of its index after the complete delivery was imported.
struct SampleReplayTests {
    @Test func `every file of the sample is answered as its index says`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            var ids: [String: String] = [:]
            for row in try #require(try JSONParser.parse(bytes("index.json")).array) {
                let file = try #require(row["file"]?.string)
                let answer = try await api.publish(
                    try bytes(file),
                    type: try #require(row["contentType"]?.string)
                )
                let statuses = row["status"]?.array?.compactMap(\.int64) ?? []
                #expect(statuses.contains(Int64(answer.status)), "\(file): \(answer.status)")
                if answer.status >= 400 {
                    #expect(answer.code != nil, "\(file)")
                } else if let id = try answer.json["id"]?.string {
                    #expect(answer.headers[.location] == "/v1/events/" + id)
                    ids[file] = id
                }
            }
            #expect(ids["duplicate-a.json"] == ids["duplicate-b.json"])
            #expect(ids["duplicate-timeline-a.json"] == ids["duplicate-timeline-b.json"])
            #expect(Set(ids.values).count == ids.count - 2)
        }
    }

    @Test func `what is not in the directory is named and the event is accepted`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let answer = try await api.publish(try bytes("cloudevent-19-unknown-class-and-pupil.json"))
            #expect(answer.status == 202)
            #expect(try answer.json["unresolved"]?.array?.isEmpty == false)
            let status = try await api.send(
                .get,
                answer.headers[.location]!,
                ["Authorization": "Bearer " + Gateway.publisherKey]
            )
            #expect(try status.json["unresolved"] == answer.json["unresolved"])
        }
    }
}
