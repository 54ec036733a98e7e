/// One request in flight with its answer to be; reused by later requests of the connection.
///
/// libnghttp2 holds an unretained pointer to it while its stream is open; the table keeps it alive.
final class Exchange {
    let index: Int
    let request = RequestBuffer()
    let answer = AnswerBuffer()
    var ticket: UInt64 = 0
    var streamID: Int32 = 0
    var sentAt = MonotonicTime(nanoseconds: 0)
    /// The connection's output stream had this many bytes when the request was handed over: it begins not earlier.
    var startOffset = 0
    /// END_STREAM of the peer has come.
    var isAnswerComplete = false
    /// The feed has been told; only the stream is still to be closed.
    var isReported = false
    /// Neighbours in the order of sending; -1: none.
    fileprivate(set) var older = -1
    fileprivate(set) var newer = -1

    init(index: Int) {
        self.index = index
    }
}

/// The exchanges of one connection: free ones, and those in flight in the order of sending.
///
/// One deadline holds for all, so the oldest is always the next to expire and no timer per request is needed.
struct ExchangeTable {
    private var all: [Exchange] = []
    private var free: [Int] = []
    private var head = -1
    private var tail = -1

    /// An exchange with empty buffers; not yet in flight.
    mutating func take() -> Exchange {
        guard let index = free.popLast() else {
            let exchange = Exchange(index: all.count)
            all.append(exchange)
            return exchange
        }
        return all[index]
    }

    /// Back without having been in flight.
    mutating func giveBack(_ exchange: Exchange) {
        exchange.request.reset()
        free.append(exchange.index)
    }

    mutating func begin(_ exchange: Exchange) {
        exchange.isAnswerComplete = false
        exchange.isReported = false
        exchange.older = tail
        exchange.newer = -1
        if tail >= 0 { all[tail].newer = exchange.index } else { head = exchange.index }
        tail = exchange.index
    }

    /// The stream has closed: its buffers are free for the next.
    mutating func end(_ exchange: Exchange) {
        unlink(exchange)
        exchange.streamID = 0
        exchange.request.reset()
        exchange.answer.reset()
        free.append(exchange.index)
    }

    /// Reported before its stream has closed: no longer the oldest of those that wait.
    mutating func detach(_ exchange: Exchange) {
        unlink(exchange)
    }

    var oldest: Exchange? { head < 0 ? nil : all[head] }

    /// For the rare case that a stream is known by its number only; also finds what has been reported already.
    func exchange(streamID: Int32) -> Exchange? {
        all.first { $0.streamID == streamID }
    }

    /// In flight and not yet reported, in the order of sending; allocates, for the rare case that a connection is ending.
    var waiting: [Exchange] {
        var found: [Exchange] = []
        var index = head
        while index >= 0 {
            found.append(all[index])
            index = all[index].newer
        }
        return found
    }

    private mutating func unlink(_ exchange: Exchange) {
        let isLinked = exchange.older >= 0 || exchange.newer >= 0 || head == exchange.index
        guard isLinked else { return }
        if exchange.older >= 0 { all[exchange.older].newer = exchange.newer } else { head = exchange.newer }
        if exchange.newer >= 0 { all[exchange.newer].older = exchange.older } else { tail = exchange.older }
        exchange.older = -1
        exchange.newer = -1
    }
}
