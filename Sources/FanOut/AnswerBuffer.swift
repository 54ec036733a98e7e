/// Collects one answer; reused.
final class AnswerBuffer {
    static let bodyBytesMax = 16 << 10
    static let headerBytesMax = 8 << 10

    private(set) var status = 0
    private(set) var isTruncated = false
    /// Name length (1 byte), value length (2 bytes, big end first), name, value; and so on.
    private var fields = ByteStore(capacity: 256)
    private var body = ByteStore(capacity: 0)

    func reset() {
        status = 0
        isTruncated = false
        fields.removeAll(keeping: 1024)
        body.removeAll(keeping: 1024)
    }

    /// A new `:status` begins a new answer: what a 1xx said is dropped.
    func addHeader(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if name.first == UInt8(ascii: ":") {
            guard value.count == 3 else { return }
            status = Int(value[0] &- 0x30) * 100 + Int(value[1] &- 0x30) * 10 + Int(value[2] &- 0x30)
            fields.removeAll(keeping: 1024)
            return
        }
        guard name.count < 256, fields.count + name.count + value.count + 3 <= Self.headerBytesMax else {
            isTruncated = true
            return
        }
        fields.append(lengths: name.count, value.count)
        fields.append(name)
        fields.append(value)
    }

    /// False once the limit is reached.
    func addBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let room = Self.bodyBytesMax - body.count
        body.append(UnsafeBufferPointer(rebasing: bytes.prefix(room)))
        if bytes.count > room { isTruncated = true }
        return bytes.count <= room
    }

    func copyBody() -> [UInt8] {
        Array(body.bytes)
    }

    func header(_ wanted: StaticString) -> String? {
        let fields = fields.bytes
        var at = 0
        while at < fields.count {
            let nameEnd = at + 3 + Int(fields[at])
            let valueEnd = nameEnd + Int(fields[at + 1]) << 8 + Int(fields[at + 2])
            let isWanted = wanted.withUTF8Buffer { $0.elementsEqual(fields[at + 3..<nameEnd]) }
            if isWanted { return String(decoding: fields[nameEnd..<valueEnd], as: UTF8.self) }
            at = valueEnd
        }
        return nil
    }
}

/// Bytes that grow: an Array without its checks of unique ownership, which cost a tenth of a request here.
struct ByteStore: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        start = .allocate(capacity: max(1, capacity))
        self.capacity = max(1, capacity)
    }

    deinit {
        start.deallocate()
    }

    /// Valid until the next change.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    mutating func append(_ more: UnsafeBufferPointer<UInt8>) {
        guard let from = more.baseAddress else { return }
        reserve(more.count)
        (start + count).update(from: from, count: more.count)
        count += more.count
    }

    mutating func append(lengths name: Int, _ value: Int) {
        reserve(3)
        start[count] = UInt8(name)
        start[count + 1] = UInt8(value >> 8)
        start[count + 2] = UInt8(value & 0xff)
        count += 3
    }

    /// Memory beyond `keeping` bytes is given back: one large answer does not make every buffer large for good.
    mutating func removeAll(keeping: Int) {
        count = 0
        guard capacity > keeping else { return }
        start.deallocate()
        start = .allocate(capacity: keeping)
        capacity = keeping
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        moved.update(from: start, count: count)
        start.deallocate()
        start = moved
    }
}
