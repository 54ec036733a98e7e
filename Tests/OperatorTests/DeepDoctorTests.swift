import Domain
import FoundationEssentials
import Pipeline
import Testing

/// `doctor --deep` and `backup` on a store nobody serves.
struct DeepDoctorTests {
    @Test func `a sound store is called sound, with what was looked at`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()

        let ran = await fixture.run("doctor", "--deep", "-o", "json")

        #expect(ran.code == 0, "\(ran.output) \(ran.talk)")
        let answer = try ran.json
        #expect(answer["isSound"]?.bool == true && answer["violations"]?.array == [])
        let checked = answer["checked"]
        #expect(
            checked?["events"]?.int64 == 1 && checked?["deliveries"]?.int64 == 3 && checked?["deferred"]?.int64 == 1
        )
        let table = await fixture.run("doctor", "--deep")
        #expect(table.code == 0 && table.output.contains("ok        no promise is broken"))
    }

    @Test func `a damaged file is named, with exit code 1`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        // The root page of a table in the middle of the file.
        let path = fixture.folder + "/data/queue.db"
        var bytes = try Data(contentsOf: URL(filePath: path))
        for offset in 0..<64 { bytes[4096 * 6 + offset] ^= 0x55 }
        try bytes.write(to: URL(filePath: path))

        let ran = await fixture.run("doctor", "--deep", "-o", "json")

        #expect(ran.code == 1 && ran.talk.contains("promises of the store are broken"), "\(ran.output) \(ran.talk)")
        #expect(try ran.json["violations"]?.array?.first?["rule"]?.string == "integrity")
    }

    @Test func `a folder without a store is exit code 5`() async throws {
        let fixture = try OperatorFixture()
        let ran = await fixture.run("doctor", "--deep", "--data", fixture.folder)
        #expect(ran.code == 5 && ran.talk.contains("cannot be read"))
    }

    @Test func `a backup is a store of its own, and an existing folder is not written into`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let copy = fixture.folder + "/copy"

        let ran = await fixture.run("backup", copy, "-o", "json")

        #expect(ran.code == 0, "\(ran.talk)")
        #expect(try ran.json["bytes"]?.int64 ?? 0 > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy).sorted() == ["queue.db", "registry.db"])
        let checked = await fixture.run("doctor", "--deep", "--data", copy, "-o", "json")
        #expect(checked.code == 0 && checked.output.contains("\"deliveries\":3"), "\(checked.output)")
        #expect(await fixture.run("backup", copy).code == 1)
    }

    @Test func `a backup has who was shown names, and fails when it cannot`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        #expect(await fixture.run("user", "trace", "guardian-1").code == 0)
        let copy = fixture.folder + "/copy"
        #expect(await fixture.run("backup", copy).code == 0)
        let kept = try LookLog(data: fixture.folder + "/data").looks(limit: 9).map(\.look)
        #expect(try LookLog(data: copy).looks(limit: 9).map(\.look) == kept && kept.count == 1)
        try FileManager.default.removeItem(atPath: fixture.folder + "/data/looks")
        try fixture.write("data/looks", "a file where the folder should be")
        let ran = await fixture.run("backup", fixture.folder + "/other")
        #expect(ran.code == 1 && ran.talk.contains("looks cannot be copied"), "\(ran.talk)")
    }
}
