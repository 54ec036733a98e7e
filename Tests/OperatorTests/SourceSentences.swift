import FoundationEssentials

/// The sentences of `say` as they stand in the sources, with their places numbered as the compiler's interpolation numbers them.
struct SourceSentences {
    /// Each with a file it stands in.
    private(set) var templates: [String: String] = [:]
    /// Of tables.
    private(set) var titles: Set<String> = []
    /// Calls with anything but one literal: nobody could look those up.
    private(set) var faults: [String] = []

    init(folder: URL) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name.hasSuffix(".swift") {
            let text = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
            read(Array(text.utf8), name)
            let title =
                #/\.(?:text|longID|number|state|time|until|length|seconds)\(\s*"([A-Z][A-Z0-9 ]*)",|title: "([A-Z ]+)"|latency\("(\w+)"/#
            for match in text.matches(of: title) {
                titles.insert(String(match.1 ?? match.2 ?? match.3 ?? ""))
            }
        }
    }

    private mutating func read(_ text: [UInt8], _ file: String) {
        let call = Array("say(".utf8)
        var index = 0
        while index + call.count < text.count {
            defer { index += 1 }
            guard text[index] == call[0], Array(text[index..<index + call.count]) == call else { continue }
            let before = String(decoding: text[max(0, index - 9)..<index], as: UTF8.self)
            let isMember = before.hasSuffix(".") && !before.hasSuffix("Operator.")
            guard !isMember, !before.hasSuffix("func "), !Self.isLetter(before.utf8.last) else { continue }
            var place = Self.skipBlanks(text, index + call.count)
            if Array(text[place...].prefix(6)) == Array("known:".utf8) { continue }
            guard text[place] == UInt8(ascii: "\"") else {
                faults.append(Self.line(of: index, text, file))
                continue
            }
            let (template, end) = Self.literal(text, place)
            place = Self.skipBlanks(text, end)
            guard text[place] == UInt8(ascii: ")") else {
                faults.append(Self.line(of: index, text, file))
                continue
            }
            templates[template] = file
        }
    }

    private static func line(of index: Int, _ text: [UInt8], _ file: String) -> String {
        "\(file):\(text[..<index].count { $0 == UInt8(ascii: "\n") } + 1)"
    }

    private static func isLetter(_ byte: UInt8?) -> Bool {
        byte.map { Unicode.Scalar($0).properties.isAlphabetic } ?? false
    }

    private static func skipBlanks(_ text: [UInt8], _ start: Int) -> Int {
        text[start...].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } ?? text.count
    }

    /// The template of the literal that begins at `start`, and where it ends.
    private static func literal(_ text: [UInt8], _ start: Int) -> (template: String, end: Int) {
        var template: [UInt8] = []
        var places = 0
        var index = start + 1
        while text[index] != UInt8(ascii: "\"") {
            if text[index] != UInt8(ascii: "\\") {
                template.append(text[index])
                index += 1
            } else if text[index + 1] == UInt8(ascii: "(") {
                places += 1
                template += Array("%\(places)".utf8)
                index = skipParentheses(text, index + 1)
            } else {
                template.append(text[index + 1])
                index += 2
            }
        }
        return (String(decoding: template, as: UTF8.self), index + 1)
    }

    private static func skipParentheses(_ text: [UInt8], _ start: Int) -> Int {
        var depth = 0
        var index = start
        while true {
            switch text[index] {
            case UInt8(ascii: "\""):
                index = literal(text, index).end
                continue
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
    }
}
