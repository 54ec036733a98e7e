/// Makes the text a phone shows from what an editor of the ENT wrote: no tags, no entities, no runs of white space.
///
/// A cluster of more than 30 marks on a sign is cut (``Swift/String/breakingAbnormalClusters``). One round only: `&lt;b&gt;` becomes the text `<b>`. Linear in the length of the text, whatever it holds.
package enum PlainText {
    /// Keeps line breaks: one newline where the writer or a block element (`br p div li ...`) breaks the line.
    ///
    /// In a text with a block element only those break lines, as in a browser.
    package static func clean(_ text: String) -> String {
        var scanner = MarkupScanner(text)
        return scanner.run(lineBreak: "\n").breakingAbnormalClusters
    }

    /// The same on one line, for titles and names.
    package static func cleanLine(_ text: String) -> String {
        var scanner = MarkupScanner(text)
        return scanner.run(lineBreak: " ").breakingAbnormalClusters
    }
}

/// One pass over the bytes; every mark of HTML is ASCII, so bytes of other characters are copied as they are.
private struct MarkupScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    private var gap = Gap.none
    private var hasBlocks = false
    /// No `>` stands at or behind the end of the text from here: a `<` can no longer be a tag.
    private let lastClosing: Int
    /// Tags whose quotes do not close cost a scan of the rest each; past a few of them quotes are no longer honoured.
    private var quoteFaultsLeft = 8

    /// White space seen since the last visible character, by strength.
    private enum Gap: Int {
        case none, noBreakSpace, space, sourceLine, blockLine
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
        lastClosing = bytes.lastIndex(of: UInt8(ascii: ">")) ?? -1
        output.reserveCapacity(bytes.count)
    }

    private static let blocks: Set<String> = [
        "br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote",
        "pre", "section",
        "article", "header", "footer",
    ]
    /// A source line break is kept as this until it is known whether the text has blocks; cannot come from the input.
    private static let sourceLine: UInt8 = 0x01
    private static let blockLine: UInt8 = 0x02

    mutating func run(lineBreak: Unicode.Scalar) -> String {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "<"): if !tag() { visible(byte) }
            case UInt8(ascii: "&"): if !reference() { visible(byte) }
            case 0x0A, 0x0D: white(.sourceLine)
            case 0x20, 0x09, 0x0B, 0x0C: white(.space)
            case 0..<0x20, 0x7F: position += 1
            case 0xC2 where position + 1 < bytes.count && bytes[position + 1] == 0xA0:
                position += 1
                white(.noBreakSpace)
            default: visible(byte)
            }
        }
        let breakByte = UInt8(ascii: lineBreak)
        let sourceByte = hasBlocks ? UInt8(ascii: " ") : breakByte
        for index in output.indices where output[index] <= Self.blockLine {
            output[index] = output[index] == Self.blockLine ? breakByte : sourceByte
        }
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func visible(_ byte: UInt8) {
        emitGap()
        output.append(byte)
        position += 1
    }

    private mutating func white(_ kind: Gap) {
        if kind.rawValue > gap.rawValue { gap = kind }
        position += 1
    }

    private mutating func emitGap() {
        defer { gap = .none }
        guard !output.isEmpty else { return }
        switch gap {
        case .none: break
        case .noBreakSpace: output.append(contentsOf: [0xC2, 0xA0])
        case .space: output.append(UInt8(ascii: " "))
        case .sourceLine: output.append(Self.sourceLine)
        case .blockLine: output.append(Self.blockLine)
        }
    }

    // MARK: - Tags

    /// Takes a tag, comment or declaration; false when the `<` is only a character (`3 < 5`, `<3`, `<a@b.fr>`).
    private mutating func tag() -> Bool {
        if starts(with: "<!--", at: position) {
            position = end(of: "-->", from: position + 4) ?? bytes.count
            return true
        }
        guard position < lastClosing else { return false }
        var nameStart = position + 1
        let isClosing = bytes[nameStart] == UInt8(ascii: "/")
        if isClosing { nameStart += 1 }
        let isDeclaration = bytes[nameStart] == UInt8(ascii: "!") || bytes[nameStart] == UInt8(ascii: "?")
        var nameEnd = isDeclaration ? nameStart + 1 : nameStart
        while isNameByte(bytes[nameEnd], first: nameEnd == nameStart) { nameEnd += 1 }
        guard nameEnd > nameStart, isDeclaration || [0x20, 0x09, 0x0A, 0x0D, 0x2F, 0x3E].contains(bytes[nameEnd]),
            let end = closing(from: nameEnd)
        else { return false }
        let name =
            nameEnd - nameStart > 10 ? "" : String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self).lowercased()
        position = end
        if name == "script" || name == "style", !isClosing {
            position = endOfRaw(name) ?? bytes.count
        } else if Self.blocks.contains(name) {
            hasBlocks = true
            gap = .blockLine
        } else if name == "td" || name == "th", gap == .none {
            gap = .space
        }
        return true
    }

    private func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: ":"): !first
        default: false
        }
    }

    /// The offset behind the `>` that ends a tag; one inside a quoted attribute does not.
    private mutating func closing(from start: Int) -> Int? {
        if quoteFaultsLeft > 0 {
            var quote: UInt8 = 0
            for index in start..<bytes.count {
                let byte = bytes[index]
                if quote != 0 {
                    if byte == quote { quote = 0 }
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                } else if byte == UInt8(ascii: ">") {
                    return index + 1
                }
            }
            quoteFaultsLeft -= 1
        }
        return bytes[start...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
    }

    /// Behind the closing tag of an element whose content is no text.
    private func endOfRaw(_ name: String) -> Int? {
        var index = position
        while let closing = end(of: "</", from: index) {
            if starts(with: name, at: closing) {
                return bytes[closing...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
            }
            index = closing
        }
        return nil
    }

    private func end(of mark: String, from start: Int) -> Int? {
        guard start <= bytes.count, let first = mark.utf8.first else { return nil }
        var index = start
        while let found = bytes[index...].firstIndex(of: first) {
            if starts(with: mark, at: found) { return found + mark.utf8.count }
            index = found + 1
        }
        return nil
    }

    /// Letter case ignored; `mark` is lower case.
    private func starts(with mark: String, at start: Int) -> Bool {
        guard start + mark.utf8.count <= bytes.count else { return false }
        for (offset, byte) in mark.utf8.enumerated() {
            let here = bytes[start + offset]
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(here) ? here | 0x20 : here
            if lower != byte { return false }
        }
        return true
    }

    // MARK: - Character references

    /// Takes `&name;` and `&#...;`; false when it is broken and stays as text.
    private mutating func reference() -> Bool {
        let window = bytes[(position + 1)..<min(bytes.count, position + 12)]
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { return false }
        let name = String(decoding: window[..<end], as: UTF8.self)
        guard let text = name.hasPrefix("#") ? HTMLEntities.decode(numeric: name) : HTMLEntities.decode(name) else {
            return false
        }
        position = end
        switch text {
        case "\u{A0}": white(.noBreakSpace)
        case "\n", "\r": white(.sourceLine)
        case " ", "\t": white(.space)
        default:
            position += 1
            guard let first = text.utf8.first, first >= 0x20, first != 0x7F else { return true }
            emitGap()
            output.append(contentsOf: text.utf8)
        }
        return true
    }
}
