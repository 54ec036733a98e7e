import FoundationEssentials
import Glibc
import Testing

/// `queue top` as a person sees it: the built executable in a real terminal, which tmux plays.
@Suite(.timeLimit(.minutes(2)))
struct LiveScreenTests {
    @Test func `top draws, changes its view, follows the window and gives the terminal back`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let tmux = try TerminalSession(folder: fixture.folder)
        defer { tmux.end() }
        let command = "CARILLON_CONFIG=\(fixture.folder)/carillon.yaml \(try Self.executable()) queue top"
        try tmux.start(command, columns: 110, rows: 30)

        let first = try tmux.screen { $0.contains("fcm/onepocket") && $0.contains("q quit") }
        #expect(first.contains("· store") && first.contains("does not answer on its admin socket"))
        #expect(!first.contains("REASON  T"))

        try tmux.type("r")
        let reasons = try tmux.screen { $0.contains("503 UNAVAILABLE") }
        #expect(reasons.contains("TOTAL"))

        try tmux.resize(columns: 64, rows: 20)
        let narrow = try tmux.screen { $0.split(separator: "\n").contains { $0.count == 64 && $0.hasSuffix("…") } }
        #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 64 })

        try tmux.type("q")
        let after = try tmux.screen { $0.contains("icanon") }
        #expect(after.contains("code=0") && !after.contains("-icanon") && !after.contains("-echo "))
        #expect(!after.contains("q quit"))
    }

    @Test(arguments: ["TERM", "HUP", "INT"])
    func `a signal gives the terminal back before it ends top`(signal: String) async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let tmux = try TerminalSession(folder: fixture.folder)
        defer { tmux.end() }
        // exec: the shell's number becomes that of top.
        try fixture.write(
            "top.sh",
            """
            echo $$ > \(fixture.folder)/pid
            CARILLON_CONFIG=\(fixture.folder)/carillon.yaml exec \(try Self.executable()) queue top
            """
        )
        try tmux.start("sh \(fixture.folder)/top.sh", columns: 110, rows: 30)
        _ = try tmux.screen { $0.contains("q quit") }
        let text = try String(contentsOfFile: fixture.folder + "/pid", encoding: .utf8)
        let pid = try #require(Int32(text.filter(\.isNumber)))
        let numbers = ["TERM": SIGTERM, "HUP": SIGHUP, "INT": SIGINT]
        let number = try #require(numbers[signal])
        try #require(kill(pid, number) == 0)
        let after = try tmux.screen { $0.contains("icanon") }
        #expect(after.contains("code=\(128 + number)"))
        #expect(!after.contains("-icanon") && !after.contains("-echo ") && !after.contains("-isig"))
        #expect(!after.contains("q quit"))
    }

    @Test func `p pauses the chosen lane with a reason`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: [
                "GET /admin/status": (200, #"{"pid":812,"lanes":[{"lane":"fcm/onepocket","state":"active"}]}"#),
                "POST /admin/lanes/pause": (
                    200, #"{"lane":"fcm/onepocket","state":"paused","pending":7,"inFlight":0}"#
                ),
            ]
        )
        defer { service.stop() }
        let tmux = try TerminalSession(folder: fixture.folder)
        defer { tmux.end() }
        let command = "CARILLON_CONFIG=\(fixture.folder)/carillon.yaml \(try Self.executable()) queue top"
        try tmux.start(command, columns: 110, rows: 30)
        _ = try tmux.screen { $0.contains("Tab fcm/onepocket: p pauses") }
        try tmux.type("p")
        _ = try tmux.screen { $0.contains("pause fcm/onepocket, why? _") }
        try tmux.type("INC-812 Enter")
        _ = try tmux.screen { $0.contains("fcm/onepocket: paused.") && $0.contains("7 pending wait.") }
        let sent = try #require(
            service.requests.first { $0.hasPrefix("POST /admin/lanes/pause?lane=fcm%2Fonepocket ") }
        )
        #expect(sent.contains(#""why":"INC-812""#))
        try tmux.type("q")
        _ = try tmux.screen { $0.contains("code=0") }
    }

    /// Built together with this test bundle.
    private static func executable() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/carillon"
        try #require(FileManager.default.fileExists(atPath: path), "build the whole package first")
        return path
    }
}

/// One tmux server of our own with one window.
private struct TerminalSession {
    private static let deadline = Duration.seconds(30)

    private let base: String

    init(folder: String) throws {
        base = "env -u TMUX tmux -S \(folder)/tmux.sock -f /dev/null "
        try #require(try Self.run("command -v tmux").code == 0, "tmux is needed: deploy/packages test")
    }

    /// Runs the command in a shell, then shows its exit code and the terminal's modes, and waits.
    func start(_ command: String, columns: Int, rows: Int) throws {
        let shell = "TERM=screen \(command); echo code=\\$?; stty -a; cat"
        let ran = try Self.run(base + "new-session -d -x \(columns) -y \(rows) \"\(shell)\"")
        try #require(ran.code == 0, "\(ran.output)")
    }

    func type(_ key: String) throws { try #require(try Self.run(base + "send-keys \(key)").code == 0) }

    func resize(columns: Int, rows: Int) throws {
        try #require(try Self.run(base + "resize-window -x \(columns) -y \(rows)").code == 0)
    }

    /// What the window shows, as soon as it is what is waited for.
    func screen(where isShown: (String) -> Bool) throws -> String {
        let end = ContinuousClock.now + Self.deadline
        var shown = ""
        repeat {
            shown = try Self.run(base + "capture-pane -p").output
            if isShown(shown) { return shown }
        } while ContinuousClock.now < end
        Issue.record("not shown in time; the last screen was:\n\(shown)")
        return shown
    }

    func end() {
        do { _ = try Self.run(base + "kill-server") } catch {
            Issue.record("\(error)")
        }
    }

    private static func run(_ command: String) throws -> (code: Int32, output: String) {
        let file = try #require(popen(command + " 2>&1", "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return (pclose(file), String(decoding: bytes, as: UTF8.self))
    }
}
