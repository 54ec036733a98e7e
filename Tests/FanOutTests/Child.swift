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
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(fromChild[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        close(fromChild[0])
        firstLine = String(decoding: line, as: UTF8.self)
    }

    deinit {
        close(input)
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
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

/// A certificate for "localhost", made once per test run.
enum TestCertificate {
    static let files = Result { try make() }

    private static func make() throws -> (certificate: String, key: String) {
        var template = Array("/tmp/fanout-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Child.Failed(description: "no temporary directory") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let (certificate, key) = ("\(folder)/cert.pem", "\(folder)/key.pem")
        try Child.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "30", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost",
        ])
        return (certificate, key)
    }
}
