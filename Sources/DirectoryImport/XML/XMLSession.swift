import CExpat
import Domain

/// One run of expat: turns its callbacks into events and holds the limits.
///
/// Expat keeps an unretained pointer to it; ``XMLReader/read(from:handler:)`` holds both for the same time.
final class XMLSession {
    let parser: XML_Parser
    private let file: String
    private let limits: XMLLimits
    private let handler: (XMLEvent) throws -> Void

    private var text: [UInt8] = []
    private var textIsBlank = true
    private var depth = 0
    private var entityDeclarations = 0
    private var unknownEncoding: String?
    /// Set by the first callback that failed; expat may still deliver a few, which are ignored.
    private var failure: (any Error)?
    private var bytesFed = 0
    /// `bytesFed` at the last callback: how far back the token reaches that expat holds whole.
    private var bytesFedAtProgress = 0

    init(parser: XML_Parser, file: String, limits: XMLLimits, handler: @escaping (XMLEvent) throws -> Void) {
        self.parser = parser
        self.file = file
        self.limits = limits
        self.handler = handler
        register()
    }

    /// Parses what was put into expat's buffer; 0 bytes are the end of the file.
    func parse(_ count: Int) throws {
        bytesFed += count
        let status = XML_ParseBuffer(parser, Int32(count), count == 0 ? 1 : 0)
        if let failure { throw failure }
        guard status == XML_STATUS_OK else { throw parserFailure() }
        guard bytesFed - bytesFedAtProgress <= limits.tokenBytesMax else {
            throw tooLarge("one tag or comment", limits.tokenBytesMax)
        }
    }

    /// Expat's own verdict in our words.
    func parserFailure() -> ExportError {
        let code = XML_GetErrorCode(parser)
        let column = Int(XML_GetCurrentColumnNumber(parser)) + 1
        switch code {
        case XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_PARTIAL_CHAR, XML_ERROR_UNCLOSED_CDATA_SECTION:
            return .endsEarly(file: file, line: line)
        case XML_ERROR_UNKNOWN_ENCODING:
            return .encoding(file: file, line: line, what: "unknown encoding \(unknownEncoding ?? "")")
        case XML_ERROR_INCORRECT_ENCODING:
            return .encoding(file: file, line: line, what: "the declared encoding contradicts the bytes")
        case XML_ERROR_AMPLIFICATION_LIMIT_BREACH, XML_ERROR_RECURSIVE_ENTITY_REF:
            return .entityExpansion(file: file, line: line)
        case XML_ERROR_EXTERNAL_ENTITY_HANDLING:
            return .externalEntity(file: file, line: line)
        case XML_ERROR_NO_MEMORY:
            return tooLarge("memory", 0)
        default:
            let what = XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
            return .notWellFormed(file: file, line: line, column: column, what: what)
        }
    }

    // MARK: Callbacks

    fileprivate func start(_ name: UnsafePointer<XML_Char>, _ pairs: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) {
        perform {
            try flushText()
            depth += 1
            guard depth <= limits.depthMax else {
                throw ExportError.tooDeep(file: file, line: line, limit: limits.depthMax)
            }
            try handler(.start(name: String(cString: name), attributes: try attributes(pairs), line: line))
        }
    }

    fileprivate func end(_ name: UnsafePointer<XML_Char>) {
        perform {
            try flushText()
            depth -= 1
            try handler(.end(name: String(cString: name)))
        }
    }

    fileprivate func comment(_ content: UnsafePointer<XML_Char>) {
        perform {
            try flushText()
            try handler(.comment(String(cString: content)))
        }
    }

    fileprivate func append(_ bytes: UnsafeRawBufferPointer) {
        perform {
            guard text.count + bytes.count <= limits.textBytesMax else { throw tooLarge("text", limits.textBytesMax) }
            // XML white space, [XML 1.0 §2.3].
            if textIsBlank, bytes.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 && $0 != 0x0D }) {
                textIsBlank = false
            }
            text.append(contentsOf: bytes)
        }
    }

    /// An entity nobody declared: those of HTML are resolved, any other stays as it was written.
    fileprivate func skippedEntity(_ name: UnsafePointer<XML_Char>) {
        let name = String(cString: name)
        var resolved = HTMLEntities.decode(name) ?? "&\(name);"
        resolved.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    fileprivate func entityDeclared() {
        perform {
            entityDeclarations += 1
            guard entityDeclarations <= limits.entityDeclarationsMax else {
                throw ExportError.entityExpansion(file: file, line: line)
            }
        }
    }

    fileprivate func progressed() { bytesFedAtProgress = bytesFed }

    fileprivate func singleByteMap(_ name: UnsafePointer<XML_Char>) -> [Int32]? {
        let name = String(cString: name)
        guard let encoding = SingleByteEncoding(name: name) else {
            unknownEncoding = String(name.prefix(40))
            return nil
        }
        return encoding.map
    }

    // MARK: Private

    private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

    private func tooLarge(_ what: String, _ limit: Int) -> ExportError {
        .tooLarge(file: file, line: line, what: what, limit: limit)
    }

    private func perform(_ action: () throws -> Void) {
        guard failure == nil else { return }
        progressed()
        do {
            try action()
        } catch {
            failure = error
            XML_StopParser(parser, 0)
        }
    }

    private func flushText() throws {
        defer {
            text.removeAll(keepingCapacity: true)
            textIsBlank = true
        }
        if !textIsBlank { try handler(.text(String(decoding: text, as: UTF8.self))) }
    }

    private func attributes(_ pairs: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) throws -> [XMLAttribute] {
        guard var pair = pairs else { return [] }
        var attributes: [XMLAttribute] = []
        var bytes = 0
        while let name = pair[0], let value = pair[1] {
            let attribute = XMLAttribute(name: String(cString: name), value: String(cString: value))
            bytes += attribute.name.utf8.count + attribute.value.utf8.count
            guard bytes <= limits.attributeBytesMax else { throw tooLarge("attributes", limits.attributeBytesMax) }
            attributes.append(attribute)
            pair += 2
        }
        return attributes
    }
}

// MARK: - Registration

private func session(_ pointer: UnsafeMutableRawPointer?) -> XMLSession {
    guard let pointer else { preconditionFailure("Expat gives back the pointer it was registered with") }
    return Unmanaged<XMLSession>.fromOpaque(pointer).takeUnretainedValue()
}

extension XMLSession {
    private func register() {
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        XML_SetUserData(parser, pointer)
        XML_SetElementHandler(
            parser,
            { pointer, name, attributes in
                guard let name else { return }
                session(pointer).start(name, attributes)
            },
            { pointer, name in
                guard let name else { return }
                session(pointer).end(name)
            }
        )
        XML_SetCharacterDataHandler(parser) { pointer, bytes, count in
            session(pointer).append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        }
        XML_SetCommentHandler(parser) { pointer, content in
            guard let content else { return }
            session(pointer).comment(content)
        }
        XML_SetProcessingInstructionHandler(parser) { pointer, _, _ in session(pointer).progressed() }
        registerEntities(pointer)
    }

    private func registerEntities(_ pointer: UnsafeMutableRawPointer) {
        // Claiming a foreign DTD that is then not read makes an undeclared entity a skipped one instead of an error,
        // with and without a DOCTYPE [expat.h: XML_UseForeignDTD, XML_SetSkippedEntityHandler].
        XML_UseForeignDTD(parser, 1)
        XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER)
        XML_SetSkippedEntityHandler(parser) { pointer, name, isParameter in
            guard let name, isParameter == 0 else { return }
            session(pointer).skippedEntity(name)
        }
        XML_SetEntityDeclHandler(parser) { pointer, _, _, _, _, _, _, _, _ in session(pointer).entityDeclared() }
        // Without a handler a reference to another file would vanish without a word.
        XML_SetExternalEntityRefHandler(parser) { _, _, _, _, _ in 0 }
        // Tighter than expat's 100 and 8 MiB: directory files declare nothing.
        XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser, 10)
        XML_SetBillionLaughsAttackProtectionActivationThreshold(parser, 1024 * 1024)
        XML_SetUnknownEncodingHandler(
            parser,
            { pointer, name, encoding in
                guard let name, let encoding, let map = session(pointer).singleByteMap(name) else { return 0 }
                withUnsafeMutableBytes(of: &encoding.pointee.map) { target in
                    map.withUnsafeBytes { target.copyMemory(from: $0) }
                }
                encoding.pointee.data = nil
                encoding.pointee.convert = nil
                encoding.pointee.release = nil
                return 1
            },
            pointer
        )
    }
}
