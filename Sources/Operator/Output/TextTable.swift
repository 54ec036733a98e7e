import Domain

/// Columns aligned by what a terminal shows, two blanks between them.
package struct TextTable {
    private let titles: [String]
    private let areNumbers: [Bool]
    private let rows: [[String]]

    /// Each row has as many cells as there are titles; numbers stand on the right.
    package init(titles: [String], areNumbers: [Bool], rows: [[String]]) {
        self.titles = titles
        self.areNumbers = areNumbers
        self.rows = rows
    }

    private var cells: [[String]] { ([titles] + rows).map { $0.map(DisplayWidth.safe) } }

    private static func widths(_ cells: [[String]]) -> [Int] {
        var widths = (cells.first ?? []).map { _ in 0 }
        for row in cells {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], DisplayWidth.of(cell)) }
        }
        return widths
    }

    /// Columns of a terminal the longest line may take. `lastMax`: what the last column counts for at most; its cells are cut first.
    func width(lastMax: Int = .max) -> Int {
        var widths = Self.widths(cells)
        if let last = widths.popLast() { widths.append(min(last, lastMax)) }
        return widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }

    /// Titles first. Lines that are wider than the terminal are cut.
    ///
    /// - Parameter columns: of the terminal; nil does not cut.
    /// - Returns: lines without trailing blanks.
    package func lines(columns: Int?) -> [String] { lines(columns: columns) { _, _, cell in cell } }

    /// As ``lines(columns:)``; `paint` puts colour around the cell of a row and column, also of a line that is cut.
    func lines(columns: Int?, paint: (_ row: Int, _ column: Int, _ cell: String) -> String) -> [String] {
        let cells = cells
        let widths = Self.widths(cells)
        return cells.enumerated().map { index, row in
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            var plain = ""
            var painted = ""
            for (column, cell) in row.enumerated() where column <= last {
                let blanks = String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
                let gap = column == last ? "" : "  "
                let shown = index == 0 ? cell : paint(index - 1, column, cell)
                let end = column == last && !areNumbers[column] ? "" : blanks
                plain += (areNumbers[column] ? blanks + cell : cell + end) + gap
                painted += (areNumbers[column] ? blanks + shown : shown + end) + gap
            }
            guard let columns, DisplayWidth.of(plain) > columns else { return painted }
            return DisplayWidth.cut(painted, to: columns)
        }
    }
}

/// How many columns of a terminal a text takes [Unicode UAX #11: wide and fullwidth take two].
enum DisplayWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    /// Filled with blanks to so many columns; `gap`: blanks behind it at least.
    static func padded(_ text: String, to columns: Int, gap: Int = 0) -> String {
        text + String(repeating: " ", count: max(gap, columns - of(text)))
    }

    /// Control characters from outside would move the cursor or worse: each is shown as a point.
    static func safe(_ text: String) -> String {
        text.unicodeScalars.contains(where: \.isHidden)
            ? String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isHidden ? "·" : $0 })) : text
    }

    /// The colours of ``Renderer/painted(_:_:)`` take no room and stay; one that is open at the cut ends there.
    static func cut(_ text: String, to columns: Int) -> String {
        guard of(plain(text)) > columns else { return text }
        var kept = ""
        var width = 0
        var isColor = false
        var isColored = false
        for character in text {
            if character == "\u{1B}" { isColor = true }
            if isColor {
                kept.append(character)
                guard character == "m" else { continue }
                isColor = false
                isColored = !kept.hasSuffix("[0m")
                continue
            }
            width += self.width(character)
            if width > columns - 1 { break }
            kept.append(character)
        }
        return kept + "…" + (isColored ? "\u{1B}[0m" : "")
    }

    /// Without the colours.
    static func plain(_ text: String) -> String {
        guard text.contains("\u{1B}") else { return text }
        return text.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated().map { index, part in
            index == 0 ? String(part) : String(part.drop { $0 != "m" }.dropFirst())
        }.joined()
    }

    /// At blanks; a longer word stands alone. Lines after the first are indented by two.
    static func wrap(_ text: String, to columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if line.isEmpty {
                line = String(word)
            } else if of(line) + 1 + of(String(word)) <= columns {
                line += " " + word
            } else {
                lines.append(line)
                line = "  " + word
            }
        }
        return lines + [line]
    }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
            return 2
        }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
