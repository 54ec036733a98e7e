import Domain
import FoundationEssentials
import Testing

@testable import Operator

@Suite(.timeLimit(.minutes(1)))
struct DoctorTests {
    private func findings(_ ran: Ran) throws -> [String: String] {
        var levels: [String: String] = [:]
        for item in try ran.json["items"]?.array ?? [] {
            // The worst of a subject.
            let (subject, level) = (item["subject"]?.string ?? "", item["level"]?.string ?? "")
            levels[subject] = [levels[subject] ?? "ok", level].max { $0 == "ok" || ($0 == "warn" && $1 == "fail") }
        }
        return levels
    }

    @Test func `the doctor looks at everything and leaves nothing behind`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        try fixture.setTimes(to: OperatorFixture.now)
        let ran = await fixture.run("doctor", "--no-network", "-o", "json")
        let levels = try findings(ran)

        #expect(ran.code == 0, "\(ran.output)")
        for subject in ["queue.db", "registry.db", "store", "wal", "filesystem"] { #expect(levels[subject] != "fail") }
        #expect(levels["queue.db"] == "ok" && levels["registry.db"] == "ok" && levels["store"] == "ok")
        #expect(levels["process"] == "warn" && levels["service"] == "warn" && levels["credentials"] == "warn")
        #expect(levels["fsync"] != nil && levels["disk"] != nil && levels["clock"] != nil)
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder + "/data")
        #expect(!files.contains { $0.hasPrefix("doctor-") })
        #expect(try ran.json["items"]?.array?.first?.object?.map(\.name) == ["level", "subject", "what", "next"])
    }

    @Test func `a damaged store fails, and says what to do`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let path = fixture.folder + "/data/registry.db"
        var bytes = try Data(contentsOf: URL(filePath: path))
        for offset in 8192..<12_288 { bytes[offset] = 0xA5 }
        try bytes.write(to: URL(filePath: path))
        let ran = await fixture.run("doctor", "--no-network")
        #expect(ran.code == 1)
        let line = ran.output.split(separator: "\n").first { $0.contains("registry.db ") }
        #expect(line?.hasPrefix("FAIL") == true, "\(ran.output)")
        #expect(ran.output.contains("try: stop the service, keep a copy"))
    }

    @Test func `every mistake of the configuration is a finding`() async throws {
        let fixture = try OperatorFixture()
        try fixture.write("carillon.yaml", "dta: x\nlog: {level: loud}\nstorage: {keyFile: storage.key}\n")
        let ran = await fixture.run("doctor", "--no-network")
        #expect(ran.code == 1 && ran.output.contains("dta: ") && ran.output.contains("log.level: "))
    }

    @Test func `an unreachable push service fails`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        try fixture.write("fcm.json", "{}")
        try fixture.write(
            "carillon.yaml",
            """
            data: data
            listen: {admin: admin.sock, metrics: "127.0.0.1:1"}
            storage: {keyFile: storage.key}
            providers: {fcm: [{name: onepocket, app: onepocket, serviceAccountFile: fcm.json, endpoint: "https://127.0.0.1:1"}]}

            """
        )
        let ran = await fixture.run("doctor")
        #expect(ran.code == 1 && ran.output.contains("127.0.0.1:1 cannot be reached"), "\(ran.output)")
    }

    @Test(
        arguments: [
            ("1: FLOCK  ADVISORY  WRITE 812 fd:01:393 0 EOF\n", .process(812)),
            ("1: POSIX  ADVISORY  WRITE 812 fd:01:393 0 EOF\n", .nobody),
            ("2: FLOCK  ADVISORY  WRITE 9 fd:01:3939 0 EOF\n", .nobody),
            ("2: FLOCK  ADVISORY  WRITE 0 fd:01:393 0 EOF\n", .unknown), ("", .nobody),
        ] as [(String, LockHolder.Answer)]
    )
    func `the lock's holder is read from the kernel's table`(table: String, answer: LockHolder.Answer) {
        #expect(LockHolder.find(inode: 393, locks: table) == answer)
    }

    @Test func `the file system is that of the longest mount point`() {
        let mounts = """
            overlay / overlay rw 0 0
            /dev/a /var ext4 rw 0 0
            /dev/b /var/lib btrfs rw 0 0
            /dev/c /var/lib xfs rw 0 0
            """
        #expect(MountTable.fileSystem(of: "/var/lib/carillon", mounts: mounts) == "xfs")
        #expect(MountTable.fileSystem(of: "/var/library", mounts: mounts) == "ext4")
        #expect(MountTable.fileSystem(of: "/srv", mounts: mounts) == "overlay")
    }
}
