// swift-format-ignore-file: NeverForceUnwrap

import Domain
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

/// Sends requests to a router and reads their answers.
struct APIClient: Sendable {
    let client: any TestClientProtocol

    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ headers: [String: String] = [:],
        _ body: [UInt8] = []
    ) async throws -> Answer {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return try await client.execute(
            uri: uri,
            method: method,
            headers: fields,
            body: ByteBuffer(bytes: body)
        ) { response in
            Answer(
                status: response.status.code,
                headers: response.headers,
                body: Array(response.body.readableBytesView)
            )
        }
    }

    func publish(
        _ body: [UInt8],
        type: String = "application/cloudevents+json",
        key: String = Gateway.publisherKey,
        _ headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(
            .post,
            "/v1/events",
            headers.merging(["Content-Type": type, "Authorization": "Bearer " + key]) { own, _ in own },
            body
        )
    }

    func register(_ installation: String, user: String, _ body: JSONValue) async throws -> Answer {
        try await send(
            .put,
            "/v1/devices/" + installation,
            ["Authorization": "Bearer token-of-" + user, "Content-Type": "application/json"],
            JSONWriter.bytes(body)
        )
    }
}

struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    var json: JSONValue {
        get throws { try JSONParser.parse(body) }
    }

    /// The code of a problem; nil when the answer is none.
    var code: String? {
        guard headers[.contentType] == "application/problem+json" else { return nil }
        return try? json["code"]?.string
    }

    func header(_ name: String) -> String? { headers[HTTPField.Name(name)!] }
}
