import Domain
import FoundationEssentials
import Glibc
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
        try fixture.write("fcm.json", OperatorFixture.credential("fcm.json"))
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

    /// Today is 2026-09-21.
    @Test func `a key's last day is warned of, then fails, and each command says so`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        for name in ["fcm.json", "apns.p8", "vapid.pem"] { try fixture.write(name, OperatorFixture.credential(name)) }
        func configure(fcm: String) throws {
            try fixture.write(
                "carillon.yaml",
                """
                data: data
                listen: {admin: admin.sock, metrics: "127.0.0.1:1"}
                storage: {keyFile: storage.key}
                providers:
                  fcm: [{name: onepocket, serviceAccountFile: fcm.json, expires: \(fcm)}]
                  apns: [{name: a, topic: com.a, teamID: ABCDE12345, keyID: 1234567890, keyFile: apns.p8, expires: 2026-09-24}]
                  webpush: {keyFile: vapid.pem, subject: "mailto:a@b.fr"}

                """
            )
        }
        try configure(fcm: "2026-10-21")
        let ran = await fixture.run("doctor", "--no-network")
        func line(_ subject: String) -> String {
            ran.output.split(separator: "\n").first { $0.contains("  \(subject) ") }.map(String.init) ?? ""
        }
        #expect(ran.code == 1)
        #expect(
            line("fcm/onepocket").hasPrefix("WARN") && line("fcm/onepocket").contains("ends on 2026-10-21, in 29 days")
        )
        #expect(line("apns/a").hasPrefix("FAIL") && line("apns/a").contains("ends on 2026-09-24, in 2 days"))
        #expect(line("webpush").hasPrefix("ok") && line("webpush").contains("`expires` sets none"))

        let check = await fixture.run("check", "lanes")
        #expect(check.code == 1 && check.output.hasPrefix("WARNING fcm/onepocket: its key ends on 2026-10-21"))
        let shown = try await fixture.run("lane", "show", "fcm/onepocket", "-o", "json").json
        #expect(shown["credentialExpiresAt"] == "2026-10-21T00:00:00Z")

        try configure(fcm: "2026-10-22")
        #expect(await fixture.run("check", "lanes").code == 0)
        try configure(fcm: "2026-09-21")
        #expect(await fixture.run("check", "lanes").output.contains("its key ended on 2026-09-21"))
        #expect(await fixture.run("doctor", "--no-network").output.contains("service account ended on 2026-09-21"))
    }

    @Test(
        arguments: [
            ("Mar  4 12:00:00 2027 GMT", "2027-03-04T12:00:00Z"), ("Dec 31 23:59:59 2029 GMT", "2029-12-31T23:59:59Z"),
            ("Mar  4 12:00:00 2027", nil), ("Mrz  4 12:00:00 2027 GMT", nil), ("", nil),
        ] as [(String, String?)]
    )
    func `a certificate's date is read`(text: String, expected: String?) {
        #expect(CertificateDate.read(text)?.rfc3339 == expected)
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

    /// The kernel gives its table a page at a time.
    @Test func `a holder is found in a table of many pages`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/locks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch {} }
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        for name in (0..<400).map({ "\($0)" }) + ["lock"] + (400..<800).map({ "\($0)" }) {
            let descriptor = open(folder + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            try #require(descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
            descriptors.append(descriptor)
        }
        #expect(try #require(SystemFile.text("/proc/locks")).utf8.count > 4 * 4096)
        #expect(LockHolder.find(folder: folder) == .process(getpid()))
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

    @Test(
        arguments: [
            (65_536, 178, 120, .ok), (65_536, 178, nil, .ok), (1_024, 178, 100, .ok), (1_024, 178, 900, .warn),
            (512, 178, 20, .warn), (1_200, 1_500, 20, .warn),
        ] as [(Int, Int, Int?, Finding.Level)]
    )
    func `descriptors are short when few are free, or fewer than are needed`(
        soft: Int,
        needed: Int,
        used: Int?,
        level: Finding.Level
    ) {
        let finding = Descriptors.finding(soft: soft, hard: 65_536, needed: needed, used: used)
        #expect(finding.level == level)
        #expect(finding.what.contains("soft limit \(soft)") && finding.what.contains("\(needed) needed"))
        #expect(finding.what.contains("in use") == (used != nil))
    }

    @Test func `both limits are read from what the system says`() {
        let text =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 unlimited            files     \n"
        #expect(Descriptors.limit(text)?.soft == 1024 && Descriptors.limit(text)?.hard == 1 << 30)
        #expect(Descriptors.limit("") == nil)
    }
}
