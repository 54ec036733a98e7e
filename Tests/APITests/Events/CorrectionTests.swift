import API
import Domain
import HTTPTypes
import Testing

struct CorrectionTests {
    /// The sample's correction of its first event, as another event of this revision.
    private func revision(_ number: Int64, id: String) throws -> [UInt8] {
        var event = try #require(try JSONParser.parse(try bytes("cloudevent-20-correction.json")).object)
        var data = try #require(event["data"]?.object)
        data["revision"] = .number(number)
        event["data"] = .object(data)
        event["id"] = .string(id)
        return JSONWriter.bytes(.object(event))
    }

    @Test func `a correction names what it corrects, a stale one is 409`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let first = try await api.publish(try bytes("cloudevent-01-class.json"))
            let second = try await api.publish(try revision(2, id: "r2"))
            #expect(first.status == 202 && second.status == 202)
            let path = try #require(second.headers[.location])
            let status = try await api.send(.get, path, ReachTests.own).json
            #expect(status["corrects"] == (try first.json["id"]))

            for number in [Int64(2), 1] {
                let body = try revision(number, id: "again\(number)")
                let stale = try await api.publish(body)
                #expect(stale.status == 409 && stale.code == "staleRevision")
                #expect(try stale.json["id"] == second.json["id"])
                // A preview says the same.
                #expect(try await PreviewTests.preview(api, body).code == "staleRevision")
            }
            // The publisher's retry of what was accepted is a duplicate, not stale.
            let again = try await api.publish(try revision(2, id: "r2"))
            #expect(again.status == 200)
            #expect(try again.json["duplicate"] == true)
        }
    }
}
