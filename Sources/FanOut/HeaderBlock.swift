internal import CNGHTTP2

/// Header fields that repeat, laid out once in the form libnghttp2 reads and shared by every request that names the block.
///
/// Make one per lane and credential; making it allocates, using it copies 40 bytes per field and no text.
/// `@unchecked Sendable`: nothing in it changes after `init`.
package final class HeaderBlock: @unchecked Sendable {
    /// What the compression table of the connection (HPACK) may remember.
    package enum Indexing: Sendable {
        /// Later requests send a reference of one or two bytes. For values that repeat.
        case allowed
        /// Sent as a literal each time and marked so for intermediaries [RFC 7541 §7.1.3]. For secrets and for values that
        /// differ in every request, which would push the repeating ones out of the table.
        case never
    }

    package struct Field: Sendable {
        package var name: String
        package var value: String
        package var indexing: Indexing

        /// - Parameters:
        ///   - name: lower case, as HTTP/2 demands [RFC 9113 §8.2].
        ///   - value: without NUL, CR and LF.
        ///   - indexing: `authorization` is never indexed, whatever is asked: libnghttp2 decides that.
        package init(_ name: String, _ value: String, indexing: Indexing = .allowed) {
            self.name = name
            self.value = value
            self.indexing = indexing
        }
    }

    /// A field that HTTP/2 forbids; the message names the field and never its value.
    package struct InvalidFieldError: Error, Equatable, CustomStringConvertible {
        package let name: String
        package var description: String {
            "header field \(name): name not in lower case, or control characters in name or value"
        }
    }

    let count: Int
    let fields: UnsafeMutablePointer<nghttp2_nv>
    private let text: UnsafeMutablePointer<UInt8>

    package init(_ list: [Field]) throws(InvalidFieldError) {
        for field in list where !HeaderText.isName(field.name.utf8) || !HeaderText.isValue(field.value.utf8) {
            throw InvalidFieldError(name: field.name)
        }
        text = .allocate(capacity: max(1, list.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }))
        fields = .allocate(capacity: max(1, list.count))
        count = list.count
        var end = text
        func store(_ string: String) -> (UnsafeMutablePointer<UInt8>, Int) {
            let start = end
            for byte in string.utf8 {
                end.pointee = byte
                end += 1
            }
            return (start, end - start)
        }
        for (index, field) in list.enumerated() {
            let (name, nameCount) = store(field.name)
            let (value, valueCount) = store(field.value)
            (fields + index).initialize(
                to: nghttp2_nv(
                    name: name,
                    value: value,
                    namelen: nameCount,
                    valuelen: valueCount,
                    flags: field.indexing.flags
                )
            )
        }
    }

    deinit {
        fields.deallocate()
        text.deallocate()
    }
}

extension HeaderBlock.Indexing {
    /// Flags of one field. Its bytes are ours until the stream has closed, so libnghttp2 need not copy them.
    var flags: UInt8 {
        let noCopy = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
        return UInt8(self == .never ? noCopy | NGHTTP2_NV_FLAG_NO_INDEX.rawValue : noCopy)
    }
}

/// What may stand in a header field [RFC 9113 §8.2.1]. libnghttp2 does not look at what it sends.
enum HeaderText {
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f && !(0x41...0x5a).contains($0) }
    }

    static func isValue(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
    }
}
