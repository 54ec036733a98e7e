import Glibc

/// What certificates.py makes, once per test run.
enum TestCertificates {
    static let folder = Result { try make() }

    static func file(_ name: String) throws -> String { "\(try folder.get())/\(name)" }

    private static func make() throws -> String {
        var template = Array("/tmp/fanout-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Child.Failed(description: "no temporary directory") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let python = getenv("CARILLON_PYTHON") else {
            throw Child.Failed(
                description: "CARILLON_PYTHON must name a Python that has cryptography (deploy/test makes one)"
            )
        }
        let here = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        try Child.run([String(cString: python), "/\(here)/certificates.py", folder])
        return folder
    }
}
