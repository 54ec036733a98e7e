internal import CNGHTTP2

/// The request a feed writes: path, fields, body. Reused by later requests, so it allocates only until it has grown.
///
/// Valid during `RequestFeed.next`; whatever was handed in has been copied (except a header block, which is retained).
package final class RequestBuffer {
    /// Path, per-request values and body together; a request beyond it is malformed. Providers accept 4-5 KiB.
    package static let bytesMax = 128 << 10
    /// Own fields of one request besides those of its block.
    package static let fieldsMax = 16

    private(set) var headers: HeaderBlock?
    private(set) var isMalformed = false
    private var bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 1024)
    private var capacity = 1024
    private var count = 0
    private var path = 0..<0
    private var body = 0..<0
    private var bodySent = 0
    private var own: [OwnField] = []

    private struct OwnField {
        var name: StaticString
        var value: Range<Int>
        var flags: UInt8
    }

    init() {
        own.reserveCapacity(8)
    }

    deinit {
        bytes.deallocate()
    }

    // MARK: - Filling in

    /// `:path`; the two parts are joined, so that a constant prefix and a device token need no string of their own.
    /// Sent as a literal that no table remembers (libnghttp2's rule for `:path`).
    package func setPath(_ prefix: String, _ rest: String = "") {
        let start = count
        append(prefix)
        append(rest)
        path = start..<count
        check(path)
    }

    /// The shared fields; sent before the request's own.
    package func setHeaders(_ block: HeaderBlock) {
        headers = block
    }

    /// A field of this request alone. `name` in lower case.
    package func addHeader(_ name: StaticString, _ value: String, indexing: HeaderBlock.Indexing = .never) {
        let start = count
        append(value)
        addField(name, start..<count, indexing)
    }

    /// A value of `count` bytes that `write` puts where it is sent from: no string of its own.
    package func addHeader(
        _ name: StaticString,
        count valueCount: Int,
        _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        guard room(for: valueCount) else { return }
        let start = count
        write(UnsafeMutableBufferPointer(start: bytes + start, count: valueCount))
        count += valueCount
        addField(name, start..<count, .never)
    }

    package func addHeader(_ name: StaticString, _ value: Int64, indexing: HeaderBlock.Indexing = .never) {
        let start = count
        appendDecimal(value)
        addField(name, start..<count, indexing)
    }

    /// The body is what was appended since the first call; append all of it after path and fields.
    package func appendBody(_ more: [UInt8]) {
        more.withUnsafeBufferPointer { appendBody($0) }
    }

    package func appendBody(_ more: UnsafeBufferPointer<UInt8>) {
        if body.isEmpty { body = count..<count }
        precondition(body.upperBound == count, "the body is appended after path and fields")
        append(more)
        body = body.lowerBound..<count
    }

    private func addField(_ name: StaticString, _ value: Range<Int>, _ indexing: HeaderBlock.Indexing) {
        guard own.count < Self.fieldsMax else {
            isMalformed = true
            return
        }
        own.append(OwnField(name: name, value: value, flags: indexing.flags))
        check(value)
    }

    private func check(_ range: Range<Int>) {
        for index in range where bytes[index] < 0x20 && bytes[index] != 0x09 { isMalformed = true }
    }

    private func append(_ string: String) {
        var string = string
        string.withUTF8 { append($0) }
    }

    private func append(_ more: UnsafeBufferPointer<UInt8>) {
        guard let start = more.baseAddress, !more.isEmpty, room(for: more.count) else { return }
        (bytes + count).update(from: start, count: more.count)
        count += more.count
    }

    private func appendDecimal(_ value: Int64) {
        guard room(for: 20) else { return }
        let start = count
        var rest = value.magnitude
        repeat {
            bytes[count] = 0x30 + UInt8(rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        if value < 0 {
            bytes[count] = 0x2d
            count += 1
        }
        var digits = UnsafeMutableBufferPointer(start: bytes + start, count: count - start)
        digits.reverse()
    }

    private func room(for more: Int) -> Bool {
        guard !isMalformed, more <= Self.bytesMax - count else {
            isMalformed = true
            return false
        }
        if count + more > capacity {
            let wider = max(capacity * 2, count + more)
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
            moved.update(from: bytes, count: count)
            bytes.deallocate()
            bytes = moved
            capacity = wider
        }
        return true
    }

    // MARK: - Sending, on the loop

    func reset() {
        headers = nil
        isMalformed = false
        count = 0
        path = 0..<0
        body = 0..<0
        bodySent = 0
        own.removeAll(keepingCapacity: true)
        // One large body does not make a thousand slots large for good.
        if capacity > 8192 {
            bytes.deallocate()
            bytes = .allocate(capacity: 1024)
            capacity = 1024
        }
    }

    var isSendable: Bool { !isMalformed && !path.isEmpty }
    var hasBody: Bool { !body.isEmpty }
    var bodyCount: Int { body.count }
    var fieldCount: Int { 1 + (headers?.count ?? 0) + own.count }

    /// Writes path, block and own fields to `target`, which has room for `fieldCount`.
    func write(to target: UnsafeMutablePointer<nghttp2_nv>) {
        target.initialize(to: Self.pathField(bytes + path.lowerBound, path.count))
        var next = target + 1
        if let headers {
            next.initialize(from: headers.fields, count: headers.count)
            next += headers.count
        }
        for field in own {
            next.initialize(
                to: nghttp2_nv(
                    name: UnsafeMutablePointer(mutating: field.name.utf8Start),
                    value: bytes + field.value.lowerBound,
                    namelen: field.name.utf8CodeUnitCount,
                    valuelen: field.value.count,
                    flags: field.flags
                )
            )
            next += 1
        }
    }

    private static let pathName: StaticString = ":path"
    private static func pathField(_ value: UnsafeMutablePointer<UInt8>, _ count: Int) -> nghttp2_nv {
        nghttp2_nv(
            name: UnsafeMutablePointer(mutating: pathName.utf8Start),
            value: value,
            namelen: 5,
            valuelen: count,
            flags: HeaderBlock.Indexing.allowed.flags
        )
    }

    /// Copies the next part of the body into a DATA frame; true with the last one.
    func readBody(into target: UnsafeMutablePointer<UInt8>, max: Int) -> (count: Int, isLast: Bool) {
        let amount = min(max, body.count - bodySent)
        target.update(from: bytes + body.lowerBound + bodySent, count: amount)
        bodySent += amount
        return (amount, bodySent == body.count)
    }
}
