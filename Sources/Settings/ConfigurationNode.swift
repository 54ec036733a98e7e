import Yams

/// The configuration file as a tree with lines.
struct ConfigurationNode {
    enum Content {
        /// Plain: written without quotes, so that `null`, `true` and numbers have their meaning.
        case scalar(String, isPlain: Bool)
        case list([ConfigurationNode])
        case map([Member])
    }

    struct Member {
        var name: String
        var line: Int
        var value: ConfigurationNode
    }

    struct SyntaxError: Error {
        var line: Int?
        var what: String
    }

    /// Values of one file, aliases expanded: a bomb of aliases ends here.
    static let valuesMax = 10_000

    var line: Int
    var content: Content

    /// - Returns: nil for a file without content.
    init?(yaml: String) throws(SyntaxError) {
        let root: Node?
        do { root = try Parser(yaml: yaml).singleRoot() } catch { throw SyntaxError(error) }
        guard let root else { return nil }
        var left = Self.valuesMax
        self = try Self.node(root, left: &left)
        if case .scalar(let text, true) = content, Self.isNull(text) { return nil }
    }

    private init(line: Int, content: Content) {
        self.line = line
        self.content = content
    }

    private static func node(_ node: Node, left: inout Int) throws(SyntaxError) -> ConfigurationNode {
        left -= 1
        let line = node.mark?.line ?? 1
        guard left >= 0 else { throw SyntaxError(line: line, what: "the file has more than \(valuesMax) values") }
        switch node {
        case .scalar(let scalar):
            return ConfigurationNode(line: line, content: .scalar(scalar.string, isPlain: scalar.style == .plain))
        case .sequence(let sequence):
            var list: [ConfigurationNode] = []
            for element in sequence { list.append(try Self.node(element, left: &left)) }
            return ConfigurationNode(line: line, content: .list(list))
        case .mapping(let mapping):
            var members: [Member] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw SyntaxError(line: key.mark?.line, what: "a key must be a word")
                }
                members.append(
                    Member(name: name.string, line: key.mark?.line ?? line, value: try Self.node(value, left: &left))
                )
            }
            return ConfigurationNode(line: line, content: .map(members))
        case .alias:
            throw SyntaxError(line: line, what: "an alias names nothing")
        }
    }

    static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }
}

extension ConfigurationNode.SyntaxError {
    init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, what: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                line: context.mark.line,
                what: "a key stands twice: \(duplicates.sorted().joined(separator: ", "))"
            )
        default: self.init(line: nil, what: "not YAML, or not UTF-8")
        }
    }
}
