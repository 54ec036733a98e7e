import Domain
import Glibc

/// `oracle.py` as a child process: one question, one answer.
enum Oracle {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    static func ask(_ verb: String, _ question: JSONValue) throws -> JSONValue {
        guard let python = getenv("CARILLON_PYTHON") else {
            throw Failed(
                description: "CARILLON_PYTHON must name a Python with http_ece and py_vapid (deploy/test makes one)"
            )
        }
        let script = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/oracle.py"
        // One socket for both directions: unlike a pipe, it can be written to without a signal when the child is gone.
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failed(description: "no socket pair") }
        let process = try spawn([String(cString: python), script, verb], socket: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        send(JSONWriter.bytes(question), to: ends[0])
        let answer = receive(from: ends[0])
        var status: Int32 = 0
        guard waitpid(process, &status, 0) == process, status == 0 else {
            throw Failed(description: "oracle.py \(verb) failed, see its traceback")
        }
        return try JSONParser.parse(answer)
    }

    private static func spawn(_ words: [String], socket: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 0)
        posix_spawn_file_actions_adddup2(&actions, socket, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawn(&process, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw Failed(description: "\(words[0]) cannot be started")
        }
        return process
    }

    /// A child that does not read shows in its exit status.
    private static func send(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        shutdown(socket, Int32(SHUT_WR))
    }

    private static func receive(from socket: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(socket, &part, part.count), count > 0 { answer += part[..<count] }
        return answer
    }
}
