import API
import Domain
import Hummingbird
import Testing

struct OpenAPITests {
    @Test func `the document and the routers name the same routes`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let document = try JSONParser.parse(OpenAPIDocument.text)
            for (listener, router) in [
                ("public", publicRouter(gateway.services)), ("metrics", metricsRouter(gateway.services)),
                ("admin", adminRouter(gateway.services)),
            ] {
                let served = Set(
                    router.routes.map { "\($0.method.rawValue.lowercased()) \($0.path)" }.filter {
                        !$0.hasPrefix("head ")
                    }
                )
                var described: Set<String> = []
                for path in document["paths"]!.object!.members {
                    for operation in path.value.object!.members
                    where operation.value["x-listeners"]!.array!.contains(.string(listener)) {
                        described.insert("\(operation.name) \(path.name)")
                    }
                }
                #expect(served == described, "\(listener)")
            }
        }
    }

    @Test func `the document lists every problem code`() throws {
        let document = try JSONParser.parse(OpenAPIDocument.text)
        let listed = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]?["enum"]?.array
        #expect(listed?.compactMap(\.string) == ProblemCode.allCases.map(\.rawValue))
    }

    @Test func `every reference of the document leads somewhere`() throws {
        let document = try JSONParser.parse(OpenAPIDocument.text)
        func check(_ value: JSONValue) {
            if let target = value["$ref"]?.string {
                let found = target.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
                #expect(found != nil, "\(target)")
            }
            value.object?.members.forEach { check($0.value) }
            value.array?.forEach(check)
        }
        check(document)
    }
}
