/// Bytes on their way to TLS. Counts them, so that it is known which requests never left.
struct OutputBuffer: ~Copyable {
    private var bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 64 << 10)
    private var capacity = 64 << 10
    private var head = 0
    private var tail = 0
    /// All bytes ever appended.
    private(set) var appended = 0
    /// Bytes that TLS has been offered; beyond it nothing can have left.
    private(set) var attempted = 0

    deinit {
        bytes.deallocate()
    }

    var count: Int { tail - head }

    mutating func append(_ start: UnsafePointer<UInt8>, count: Int) {
        if tail + count > capacity { makeRoom(count) }
        (bytes + tail).update(from: start, count: count)
        tail += count
        appended += count
    }

    /// The next part to write, one TLS record at most.
    mutating func offer() -> UnsafeRawBufferPointer {
        let amount = min(count, 16 << 10)
        attempted = max(attempted, appended - count + amount)
        return UnsafeRawBufferPointer(start: bytes + head, count: amount)
    }

    mutating func consume(_ amount: Int) {
        head += amount
        if head == tail {
            head = 0
            tail = 0
        }
    }

    private mutating func makeRoom(_ more: Int) {
        let kept = count
        if kept + more > capacity {
            capacity = max(capacity * 2, kept + more)
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            moved.update(from: bytes + head, count: kept)
            bytes.deallocate()
            bytes = moved
        } else {
            bytes.update(from: bytes + head, count: kept)
        }
        head = 0
        tail = kept
    }
}
