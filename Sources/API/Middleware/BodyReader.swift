import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads request bodies in pieces, within a size and a time; never holds more than was asked for.
struct BodyReader: Sendable {
    /// 413 as soon as it is passed, before anything is read when the length is announced.
    var bytesMax: Int
    /// From the start to the last byte.
    var timeout: Duration
    /// Between two pieces.
    var stallTimeout: Duration

    /// A `stallTimeout` of nil is the same as `timeout`.
    init(bytesMax: Int, timeout: Duration, stallTimeout: Duration? = nil) {
        self.bytesMax = bytesMax
        self.timeout = timeout
        self.stallTimeout = stallTimeout ?? timeout
    }

    /// The whole body.
    func bytes(of request: Request) async throws(Problem) -> [UInt8] {
        let collected = Guarded<[UInt8]>([])
        try await forEach(of: request) { piece in
            collected.value.withLock { $0.append(contentsOf: piece.readableBytesView) }
        }
        return collected.value.withLock { $0 }
    }

    /// The bytes a body may bring: as announced, or all that is allowed.
    ///
    /// - Throws: 413 when more is announced.
    func bytesExpected(of request: Request) throws(Problem) -> Int {
        guard let announced = request.headers[.contentLength].flatMap({ Int($0) }) else {
            return request.headers[.transferEncoding] == nil ? 0 : bytesMax
        }
        guard announced <= bytesMax else { throw tooLarge }
        return announced
    }

    /// Hands on each piece as it comes.
    func forEach(
        of request: Request,
        _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws(Problem) {
        _ = try bytesExpected(of: request)
        let body = request.body
        let lastPiece = Guarded(ContinuousClock.now)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var count = 0
                    for try await piece in body {
                        count += piece.readableBytes
                        guard count <= bytesMax else { throw tooLarge }
                        try await take(piece)
                        lastPiece.value.withLock { $0 = .now }
                    }
                }
                group.addTask {
                    let end = ContinuousClock.now + timeout
                    while true {
                        let stalled = lastPiece.value.withLock { $0 } + stallTimeout
                        let next = min(end, stalled)
                        if next <= .now { break }
                        try await Task.sleep(until: next, clock: .continuous)
                    }
                    throw tooSlow
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            var problem = Problem(.incompleteBody, "The body ended before its announced end.")
            problem.leavesBodyUnread = true
            throw problem
        }
    }

    private var tooLarge: Problem {
        var problem = Problem(.tooLarge, "The body is larger than \(bytesMax) bytes.")
        problem.leavesBodyUnread = true
        return problem
    }

    private var tooSlow: Problem {
        var problem = Problem(.bodyTooSlow, "The body did not arrive in time.")
        problem.leavesBodyUnread = true
        return problem
    }
}

/// What two tasks of one request share.
private final class Guarded<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}
