import Glibc

/// A program started by a test; ended by closing its stdin, and killed at the latest with this object.
final class Child: @unchecked Sendable {  // Guard: nothing in it changes after `init`.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// The first line of its stdout.
    let firstLine: String
    private let process: pid_t
    private let input: Int32
    private let output: Int32

    /// Waits for the first line; a program that ends without one is a failure.
    init(_ words: [String]) throws {
        var fromChild: [Int32] = [0, 0]
        var toChild: [Int32] = [0, 0]
        guard pipe(&fromChild) == 0, pipe(&toChild) == 0 else { throw Failed(description: "no pipe") }
        for descriptor in fromChild + toChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        close(fromChild[1])
        close(toChild[0])
        guard code == 0 else { throw Failed(description: "\(words[0]) cannot be started") }
        self.process = process
        input = toChild[1]
        output = fromChild[0]
        firstLine = Self.readLine(output)
    }

    deinit {
        close(input)
        close(output)
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    private static func readLine(_ descriptor: Int32) -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Writes a line to its stdin and waits for a line back.
    func order(_ line: String) -> String {
        let bytes = Array("\(line)\n".utf8)
        guard write(input, bytes, bytes.count) == bytes.count else { return "" }
        return Self.readLine(output)
    }

    /// A script of this folder, run by the Python of the test environment; its first line is its port.
    static func script(_ name: String, _ arguments: [String]) throws -> (child: Child, port: UInt16) {
        guard let python = getenv("CARILLON_PYTHON") else {
            throw Failed(
                description: "CARILLON_PYTHON must name a Python that has the package h2 (deploy/test makes one)"
            )
        }
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let child = try Child([String(cString: python), "/\(folder)/\(name)"] + arguments)
        guard let port = UInt16(child.firstLine) else { throw Failed(description: "\(name) prints no port") }
        return (child, port)
    }

    /// Runs a program to its end.
    static func run(_ words: [String]) throws {
        let child = try Child(words)
        var status: Int32 = 0
        guard waitpid(child.process, &status, 0) == child.process, status == 0 else {
            throw Failed(description: "\(words[0]) failed")
        }
    }
}
