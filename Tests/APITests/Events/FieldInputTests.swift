import API
import Domain
import FoundationEssentials
import Pipeline
import Store
import Testing

/// Inputs whose writers are known from the field (Tests/SampleData/field), as events over the API.
struct FieldInputTests {
    private static func field(_ path: String) throws -> [UInt8] {
        let file = sample("../field/" + path).standardizedFileURL
        return Array(String(decoding: try Data(contentsOf: file), as: UTF8.self).replacing("@USER@", with: "u1").utf8)
    }

    /// The schools that the inputs name.
    private static func fill(_ gateway: Gateway) async throws {
        let lines = ["0420001A", "0420002B"].map {
            #"{"op":"upsert","kind":"school","id":"\#($0)","uai":"\#($0)","name":"S"}"#
        }
        let file = gateway.folder + "/schools.ndjson"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        let report = try await gateway.services.importer.run(
            .init(paths: [file], format: .ndjson, mode: .delta, isDryRun: false, isYearChange: false)
        )
        #expect(report.state == .applied)
    }

    private static func accepted(_ gateway: Gateway, _ answer: Answer) async throws -> Publication {
        #expect(answer.status == 202)
        let id = try #require(try answer.json["id"]?.string.flatMap { EventID($0) })
        return try #require(try await gateway.services.queueReader.read { try $0.publication(of: id) })
    }

    /// Gateways whose publisher `limited` may speak for this school only.
    private static func publishers(for school: String) -> PublisherDirectory {
        var entries = Gateway.publishers
        entries[2].publisher = Publisher(name: "limited", sources: [], schools: [school], rights: [.events])
        return PublisherDirectory(entries)
    }

    @Test func `a school's code in lower case is the school, for rights as well`() async throws {
        let own = Self.publishers(for: "0420001A")
        try await Gateway.run(change: { $0.publishers = own }) { gateway, api async throws in
            try await Self.fill(gateway)
            var body = String(decoding: try Self.field("12-uai-lower-case.json"), as: UTF8.self)
            // The class is none of this test's schools.
            body = body.replacing(#""class": "70011""#, with: #""user": "u1""#)
            let answer = try await api.publish(Array(body.utf8), key: Gateway.limitedKey)
            #expect(try await Self.accepted(gateway, answer).school == "0420001A")
        }
        let other = Self.publishers(for: "0420002B")
        try await Gateway.run(change: { $0.publishers = other }) { gateway, api async throws in
            try await Self.fill(gateway)
            let answer = try await api.publish(try Self.field("12-uai-lower-case.json"), key: Gateway.limitedKey)
            #expect(answer.status == 403)
        }
    }

    @Test func `what stands behind an abnormal cluster is shown`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.fill(gateway)
            let publication = try await Self.accepted(
                gateway,
                try await api.publish(try Self.field("18-text/first-cluster.json"))
            )
            #expect(publication.body.hasSuffix(" Réunion demain 18 h en salle 4"))
            #expect(publication.body.unicodeScalars.count == 31 + 31)
        }
    }

    @Test func `a title of which nothing is seen is none`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.fill(gateway)
            let publication = try await Self.accepted(
                gateway,
                try await api.publish(try Self.field("18-text/invisible-title.json"))
            )
            #expect(publication.title == nil)
        }
    }
}
