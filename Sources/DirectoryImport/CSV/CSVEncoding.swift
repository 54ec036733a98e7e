/// How the bytes of a CSV file are text; such a file says it nowhere.
enum CSVEncoding: Hashable {
    case utf8
    case singleByte(SingleByteEncoding)

    /// nil where the encoding has no character for a byte.
    func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard case .singleByte(let encoding) = self else { return String(decoding: bytes, as: UTF8.self) }
        guard bytes.contains(where: { $0 >= 0x80 }) else { return String(decoding: bytes, as: UTF8.self) }
        let map = encoding.map
        var text = String.UnicodeScalarView()
        for byte in bytes {
            guard let scalar = Unicode.Scalar(UInt32(bitPattern: map[Int(byte)])) else { return nil }
            text.append(scalar)
        }
        return String(text)
    }
}

/// Tells the encoding of a file from all its bytes, piece by piece.
///
/// What is valid UTF-8 to the last byte is UTF-8: text of one byte a letter does not come out so by chance. Else a byte from 0x80 to 0x9F, a
/// control in ISO 8859 and a letter or a quotation mark in Windows-1252, tells those two apart; and of ISO 8859 it is part 15, which has
/// the `Œ` of French names and differs from part 1 in signs that no name holds.
struct EncodingProbe {
    private var line = 1
    private var offset = 0
    private var hasMark = true
    /// Bytes of a sequence of UTF-8 that has begun.
    private var begun = 0
    private var missing = 0
    private var bounds: ClosedRange<UInt8> = 0x80...0xBF
    private var begunInC1 = 0
    private var sequences = 0
    private var strays = 0
    private var straysInC1 = 0
    private var firstStray = 0
    private var firstZero = 0

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if offset < 3 {
                hasMark = hasMark && byte == Self.mark[offset]
                offset += 1
            }
            if missing > 0 {
                if bounds.contains(byte) {
                    begun += 1
                    if byte < 0xA0 { begunInC1 += 1 }
                    missing -= 1
                    bounds = 0x80...0xBF
                    if missing == 0 {
                        sequences += 1
                        begun = 0
                    }
                    continue
                }
                breakOff()
            }
            begin(byte)
        }
    }

    /// [Unicode 15, table 3-7]
    private mutating func begin(_ byte: UInt8) {
        begunInC1 = 0
        switch byte {
        case 0x0A: line += 1
        case 0: if firstZero == 0 { firstZero = line }
        case 0x01...0x7F: break
        case 0xC2...0xDF: expect(1)
        case 0xE0: expect(2, 0xA0...0xBF)
        case 0xED: expect(2, 0x80...0x9F)
        case 0xE1...0xEF: expect(2)
        case 0xF0: expect(3, 0x90...0xBF)
        case 0xF1...0xF3: expect(3)
        case 0xF4: expect(3, 0x80...0x8F)
        default: stray(1, byte < 0xA0 ? 1 : 0)
        }
    }

    private mutating func expect(_ count: Int, _ first: ClosedRange<UInt8> = 0x80...0xBF) {
        (begun, missing, bounds) = (1, count, first)
    }

    private mutating func breakOff() {
        stray(begun, begunInC1)
        (begun, missing) = (0, 0)
    }

    private mutating func stray(_ count: Int, _ inC1: Int) {
        if strays == 0 { firstStray = line }
        strays += count
        straysInC1 += inC1
    }

    /// At the end of the file.
    ///
    /// - Throws: ``ExportError/encoding(file:line:what:)`` for what is no text in one of the encodings, or in two of them.
    mutating func encoding(of file: String) throws(ExportError) -> CSVEncoding {
        if missing > 0 { breakOff() }
        guard firstZero == 0 else {
            let what = "a zero byte: the file is UTF-16 or no text; export it as UTF-8 or ISO-8859-15"
            throw .encoding(file: file, line: firstZero, what: what)
        }
        guard strays > 0 else { return .utf8 }
        guard !(hasMark && offset == 3) else {
            throw .encoding(file: file, line: firstStray, what: "the file says that it is UTF-8 and is not")
        }
        guard sequences < strays else {
            let what = "the file mixes UTF-8 with another encoding; export it again"
            throw .encoding(file: file, line: firstStray, what: what)
        }
        return .singleByte(straysInC1 > 0 ? .windows1252 : .iso8859part15)
    }
}
