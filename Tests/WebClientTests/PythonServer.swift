import Dispatch
import Glibc

/// `server.py` as a child process, on a port or socket of its own. It ends when this object (or this process) goes.
///
/// `@unchecked Sendable`: immutable but for `nextLine`, which one test calls from one task.
final class PythonServer: @unchecked Sendable {
    /// One for all tests that need no control over it.
    static let shared = PythonServer("tcp")

    let port: Int
    let certificatePath: String?
    var url: String { "http://127.0.0.1:\(port)" }
    private let pid: pid_t
    private let output: UnsafeMutablePointer<FILE>

    init(_ arguments: String...) {
        // One socket for the child's input and output. Close-on-exec, or another child would hold it open.
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        precondition(socketpair(AF_UNIX, kind, 0, &ends) == 0, "no socket pair")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let script = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/server.py"
        var texts: [UnsafeMutablePointer<CChar>?] = (["python3", script] + arguments).map { strdup($0) } + [nil]
        var pid: pid_t = 0
        precondition(posix_spawnp(&pid, "python3", &actions, nil, &texts, environ) == 0, "python3 is needed")
        posix_spawn_file_actions_destroy(&actions)
        for text in texts { free(text) }
        close(ends[1])
        self.pid = pid
        guard let output = fdopen(ends[0], "r") else { preconditionFailure("no stream") }
        self.output = output
        let first = Self.line(output).split(separator: " ")
        guard let port = first.first.flatMap({ Int($0) }) else { preconditionFailure("the server did not start") }
        self.port = port
        certificatePath = first.count > 1 ? String(first[1]) : nil
    }

    deinit {
        fclose(output)
        waitpid(pid, nil, 0)
    }

    /// Waits until the server prints, on a thread that is not one of the few tasks run on.
    func nextLine() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.line(self.output)) }
        }
    }

    private static func line(_ file: UnsafeMutablePointer<FILE>) -> String {
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF, byte != 0x0A { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
