import Contract
import FoundationEssentials
import Glibc
import Testing

/// The document as tools see it.
struct OpenAPITests {
    private static let path =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Sources/Contract/openapi.json"

    @Test func `the binary holds the document of the sources`() throws {
        #expect(Data(OpenAPI.bytes) == (try Data(contentsOf: URL(filePath: Self.path))))
    }

    @Test func `an independent validator finds nothing wrong with the document`() throws {
        let python = try #require(
            getenv("CARILLON_PYTHON").map { String(cString: $0) },
            "CARILLON_PYTHON must name a Python with openapi-spec-validator (deploy/test makes one)"
        )
        let words = [python, "-m", "openapi_spec_validator", "--schema", "3.1", Self.path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, python, nil, nil, &arguments, environ) == 0)
        var status: Int32 = 0
        #expect(waitpid(process, &status, 0) == process && status == 0, "its report stands above")
    }
}
