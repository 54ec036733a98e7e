import Foundation
import Simulator
import Testing

/// The built `carillon-simulator` on its sockets, driven by Python's hyper-h2: see server_checks.py and transport_checks.py.
@Suite(.tags(.slow))
struct ServerTests {
    @Test(arguments: [
        "apns", "fcm", "token_endpoint", "expiry", "silence", "userinfo", "streams", "end", "certificate",
    ])
    func `the running simulator passes`(check: String) async throws {
        #expect(try await run("server_checks.py", check) == 0, "see the traceback above")
    }

    @Test(arguments: [
        "frames", "reset", "goaway_inside", "goaway_two_steps", "goaway_never_lies", "close", "freeze", "settings",
        "window", "http1",
        "single_stream", "web_push", "lanes",
    ])
    func `frame by frame the running simulator passes`(check: String) async throws {
        #expect(try await run("transport_checks.py", check) == 0, "see the traceback above")
    }

    private func run(_ file: String, _ check: String) async throws -> Int32 {
        let python = try #require(
            ProcessInfo.processInfo.environment["CARILLON_PYTHON"],
            "CARILLON_PYTHON must name a Python with h2, httpx[http2] and cryptography"
        )
        let script = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + file
        let folder = try TemporaryFolder()
        try CredentialFolder(path: folder.path)
            .make(tokenURI: "https://localhost/token", now: SystemClock.milliseconds() / 1000)

        let binary = try Program.beside("carillon-simulator")
        let status = try await Program.run([python, script, binary, folder.path, check])

        withExtendedLifetime(folder) {}
        return status
    }
}

extension Tag {
    @Tag static var slow: Self
}

private enum Program {
    /// The executable of that name built together with this test bundle.
    static func beside(_ name: String) throws -> String {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = own.deletingLastPathComponent().appending(path: name).path()
        try #require(Files.exists(path), "build the whole package: \(name) is not there")
        return path
    }

    /// Runs a command and waits for its end, off the cooperative pool.
    static func run(_ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
