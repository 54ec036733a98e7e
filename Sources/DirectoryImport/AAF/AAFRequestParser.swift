import Domain

/// Groups the XML events of one AAF file into requests.
///
/// An element the DTD does not know is passed over with all it holds and counted; the order of elements inside a
/// request does not matter.
struct AAFRequestParser {
    /// Attributes and elements we do not know, for the counting.
    enum Unknown: Hashable {
        case attribute(String)
        case element(String)
    }

    /// Bytes of all values of one request; a real one has two thousand.
    static let requestBytesMax = 1024 * 1024

    private let file: String
    private var place = Place.outside
    /// Depth inside an unknown element; 0 outside.
    private var skipDepth = 0
    private var request: AAFRequest?
    private var requestBytes = 0
    private var attribute: AAFRequest.Attribute?
    private var value = ""

    init(file: String) { self.file = file }

    /// - Parameters:
    ///   - event: the next event of the file.
    ///   - unknown: called for each unknown name with its line and the record's id.
    /// - Returns: the request that this event completes.
    /// - Throws: ``ExportError`` when the file is no AAF file or a request is too large.
    mutating func take(_ event: XMLEvent, unknown: (Unknown, Int, String) -> Void) throws(ExportError) -> AAFRequest? {
        switch event {
        case .start(let name, let attributes, let line):
            guard skipDepth == 0 else {
                skipDepth += 1
                return nil
            }
            try begin(name, attributes, line: line, unknown: unknown)
        case .text(let text):
            guard skipDepth == 0, place.holdsText, place != .value || attribute != nil else { return nil }
            requestBytes += text.utf8.count
            guard requestBytes <= Self.requestBytesMax else {
                let line = request?.line ?? 0
                throw .tooLarge(file: file, line: line, what: "one request", limit: Self.requestBytesMax)
            }
            value += text
        case .end:
            guard skipDepth == 0 else {
                skipDepth -= 1
                return nil
            }
            return end()
        case .comment: break
        }
        return nil
    }

    private mutating func begin(
        _ name: String,
        _ attributes: [XMLAttribute],
        line: Int,
        unknown: (Unknown, Int, String) -> Void
    ) throws(ExportError) {
        guard let next = place.child(named: name) else {
            guard place != .outside else {
                throw .unexpected(file: file, line: line, what: "The root element is not ficAlimMENESR.")
            }
            unknown(.element(name), line, request?.id ?? "")
            skipDepth = 1
            return
        }
        place = next
        switch next {
        case .request:
            request = AAFRequest.Kind(rawValue: name).map { AAFRequest(kind: $0, line: line) }
            requestBytes = 0
        case .attribute:
            let name = attributes.first { $0.name == "name" }?.value ?? ""
            if AAFAttribute(rawValue: name) != nil {
                let operation = attributes.first { $0.name == "operation" }?.value
                attribute = AAFRequest.Attribute(name: name, line: line, operation: operation)
            } else if !AAFAttribute.knownAndUnused.contains(name) {
                unknown(.attribute(name), line, request?.id ?? "")
            }
        default: break
        }
    }

    private mutating func end() -> AAFRequest? {
        defer { place = place.parent }
        switch place {
        case .category:
            let category = takeValue()
            request?.category = category
        case .id:
            let id = takeValue()
            request?.id = id
        case .value:
            let value = takeValue()
            if !value.isEmpty { attribute?.values.append(value) }
        case .attribute:
            if let attribute { request?.attributes.append(attribute) }
            attribute = nil
        case .request:
            defer { request = nil }
            return request
        default: break
        }
        return nil
    }

    private mutating func takeValue() -> String {
        defer { value = "" }
        return value.trimmingWhiteSpace()
    }
}

/// Where the parser stands: an element of the DTD.
private enum Place {
    case outside, root, request, operational, categoryAttribute, category, identifier, id, attributes, attribute, value

    var holdsText: Bool { self == .category || self == .id || self == .value }

    var parent: Place {
        switch self {
        case .outside, .root: .outside
        case .request: .root
        case .operational, .identifier, .attributes: .request
        case .categoryAttribute: .operational
        case .category: .categoryAttribute
        case .id: .identifier
        case .attribute: .attributes
        case .value: .attribute
        }
    }

    func child(named name: String) -> Place? {
        switch (self, name) {
        case (.outside, "ficAlimMENESR"): .root
        case (.root, "addRequest"), (.root, "modifyRequest"), (.root, "deleteRequest"): .request
        case (.request, "operationalAttributes"): .operational
        case (.operational, "attr"): .categoryAttribute
        case (.categoryAttribute, "value"): .category
        case (.request, "identifier"): .identifier
        case (.identifier, "id"): .id
        case (.request, "attributes"), (.request, "modifications"): .attributes
        case (.attributes, "attr"), (.attributes, "modification"): .attribute
        case (.attribute, "value"): .value
        default: nil
        }
    }
}

extension StringProtocol {
    /// Without the XML white space around [XML 1.0 §2.3]; works on bytes, since it runs once per value.
    func trimmingWhiteSpace() -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
        let text = Substring(self)
        guard let first = text.utf8.firstIndex(where: { !isBlank($0) }),
            let last = text.utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first..<text.utf8.index(after: last)])
    }
}
