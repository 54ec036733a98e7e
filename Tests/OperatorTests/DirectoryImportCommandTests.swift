import Domain
import FoundationEssentials
import Testing

/// Imports while no service runs.
@Suite struct DirectoryImportCommandTests {
    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    @Test func `users are mapped by the command itself, under the lock`() async throws {
        try fixture.write(
            "users.ndjson",
            #"{"op":"upsert","kind":"user","id":"u-1","externalId":"k-1","profile":"relative"}"# + "\n"
        )
        let ran = await fixture.run("directory", "import", fixture.folder + "/users.ndjson", "-o", "json")

        #expect(ran.code == 0, "\(ran.talk)")
        #expect(try ran.json["state"] == "applied")
        #expect(ran.talk.contains("the service does not answer"))
    }

    @Test func `a broken delivery fails and names the place`() async throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder + "/delivery",
            withIntermediateDirectories: false
        )
        try fixture.write("delivery/ENT_0429901A_Complet_20260914_Eleve_0000.xml", "<ficAlimMENESR><addRequest>")
        let ran = await fixture.run("directory", "import", fixture.folder + "/delivery", "-o", "json")
        #expect(ran.code == 1)
        #expect(try ran.json["state"] == "failed")
    }

    @Test func `a file that is missing fails the delivery of a school's CSV`() async throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder + "/onde",
            withIntermediateDirectories: false
        )
        try fixture.write("onde/eleves.csv", "Nom élève;Prénom élève;Classe\nEXEMPLE;Lina;CP\n")
        let ran = await fixture.run(
            "directory",
            "import",
            fixture.folder + "/onde",
            "--school",
            "0429902B",
            "-o",
            "json"
        )
        #expect(ran.code == 1)
        #expect(try ran.json["state"] == "failed")
        #expect(try ran.json["detail"]?.string?.contains("responsables") == true)
    }

    @Test(arguments: [
        ["directory", "import"], ["directory", "import", "a.ndjson", "--mode", "complete"],
        ["directory", "import", "x", "--format", "csv"], ["directory", "import", "x", "--format", "onde-csv"],
        ["directory", "import", "x", "--school", "429902B"],
        ["directory", "import", "x", "--school", "0429902B", "--mode", "delta"],
        ["directory", "import", "x", "--format", "aaf1d", "--school", "0429902B"],
    ])
    func `wrong usage is exit code 2`(arguments: [String]) async {
        #expect(await fixture.run(arguments).code == 2)
    }
}
