/// A file with one event, or standard input.
struct EventFile {
    private let path: String

    init(_ path: String) { self.path = path }

    /// - Throws: exit code 1 when it cannot be read or is longer than `max`.
    func bytes(max: Int) throws -> [UInt8] {
        guard let bytes = path == "-" ? standardInput(max) : SystemFile.bytes(path, max: max) else {
            throw OperatorError(.failed, say("\(path) cannot be read"), why: systemText())
        }
        guard bytes.count <= max else {
            throw OperatorError(.failed, say("\(path) is longer than the \(max) bytes an event may have"))
        }
        return bytes
    }

    private func standardInput(_ max: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= max, let line = OperatorContext.current.input() { bytes += Array((line + "\n").utf8) }
        return bytes
    }
}
