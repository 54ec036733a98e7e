import Domain
import Glibc

/// `zones.py` as a child process: one question, one answer.
enum ZoneInfo {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    static func ask(_ question: JSONValue) throws -> JSONValue {
        let script = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/zones.py"
        let python = getenv("CARILLON_PYTHON").map { String(cString: $0) } ?? "python3"
        // One socket for both directions: unlike a pipe, it can be written to without a signal when the child is gone.
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failed(description: "no socket pair")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = ([python, script] as [String]).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, python, &actions, nil, &arguments, environ) == 0 else {
            throw Failed(description: "\(python) cannot be started")
        }
        close(ends[1])
        defer { close(ends[0]) }
        var rest = JSONWriter.bytes(question)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(ends[0], $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        shutdown(ends[0], Int32(SHUT_WR))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        var status: Int32 = 0
        guard waitpid(process, &status, 0) == process, status == 0 else {
            throw Failed(description: "zones.py failed, see its traceback")
        }
        return try JSONParser.parse(answer)
    }
}
