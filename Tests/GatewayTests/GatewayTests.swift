import Dispatch
import FoundationEssentials
import Glibc
import Testing

/// The built `carillon` and `carillon-simulator` as processes, driven from outside: see gateway_checks.py. One after another, since
/// each starts a whole gateway and some kill it.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(10)))
struct GatewayTests {
    @Test(arguments: [
        "killed_three_times", "accepted_is_on_disk", "one_process_per_folder", "configuration_mistakes",
        "stops_gracefully",
        "provider_unreachable", "credential_fault", "tokens_die_on_proof", "ent_down", "disk_full",
        "nothing_unrecorded_is_sent", "reload",
    ])
    func `the running gateway passes`(check: String) async throws {
        try await Self.run("gateway_checks.py", check)
    }

    /// One check of a script beside this file, in a folder of its own.
    static func run(_ script: String, _ check: String) async throws {
        let python = try #require(
            getenv("CARILLON_PYTHON").map { String(cString: $0) },
            "CARILLON_PYTHON must name a Python; deploy/test sets it"
        )
        let path = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + script
        let folder = try TemporaryFolder()

        // -B: the sources stay free of compiled files.
        let status = try await Program.run([python, "-B", path, try Program.folder(), folder.path, check])

        withExtendedLifetime(folder) {}
        #expect(status == 0, "see the traceback above")
    }
}

extension Tag {
    @Tag static var slow: Self
}

/// Removed, with everything in it, when the test lets go of it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/carillon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            // Left behind in the temporary folder; the system removes it.
        }
    }
}

enum Program {
    struct Failed: Error {
        let errno: Int32
    }

    /// Where the executables built together with this test bundle are.
    static func folder() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try #require(FileManager.default.fileExists(atPath: folder + "/carillon"), "build the whole package first")
        return folder
    }

    /// Runs a command and waits for its end, off the cooperative pool. Cancellation (the time limit) sends it SIGTERM.
    static func run(_ arguments: [String]) async throws -> Int32 {
        let process = try spawn(arguments)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    var status: Int32 = 0
                    while waitpid(process, &status, 0) < 0, errno == EINTR {}
                    continuation.resume(returning: status)
                }
            }
        } onCancel: {
            kill(process, SIGTERM)
        }
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var process: pid_t = 0
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let problem = posix_spawn(&process, arguments[0], nil, nil, &words, environ)
        guard problem == 0 else { throw Failed(errno: problem) }
        return process
    }
}
