import Contract
import Domain
import Pipeline

/// The one way of an order: the admin routes, of the running service over its socket or, with `--offline`, in this process over the stores.
protocol AdminChannel: Sendable {
    /// - Throws: ``OperatorError`` when there is no answer.
    func send(_ request: AdminRequest) async throws -> AdminAnswer
}

/// One request to the admin routes.
struct AdminRequest: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Streamed.
        case file(path: String)
    }

    var method = "POST"
    var path: String
    var query: [(name: String, value: String)] = []
    var contentType = "application/json"
    var body = Body.bytes([])
    var timeout = Duration.seconds(30)
    /// What is said when the request may have been carried out, and no answer came.
    var whenLost = OperatorError(
        .timedOut,
        say("the order was sent, and no answer came"),
        next: "carillon operation list"
    )

    init(_ path: String, _ order: some WireView = OrderView()) {
        self.path = path
        body = .bytes(JSONWriter.bytes(order.wire))
    }

    /// Path and query as a request line has them.
    var target: String {
        let escaped = query.map { $0.name + "=" + Self.escape($0.value) }
        return path + (escaped.isEmpty ? "" : "?" + escaped.joined(separator: "&"))
    }

    /// Form encoding of a value, or of a path's segment; everything but letters, digits and `-._` is escaped.
    static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// What the admin routes say.
struct AdminAnswer: Sendable {
    var status: Int
    /// Empty when the body is no object.
    var object: JSONObject

    init(status: Int, body: [UInt8]) {
        self.status = status
        do { object = try JSONParser.parse(body).object ?? JSONObject() } catch { object = JSONObject() }
    }

    /// - Parameters:
    ///   - subject: what the order is about: `lane fcm/onepocket`.
    ///   - order: the bulk order, of which the service says how many deliveries it would change.
    /// - Returns: the object of an order that was taken.
    /// - Throws: ``failure(about:_:)``.
    func taken(_ subject: String, _ order: Order? = nil) throws -> JSONObject {
        guard status == 200 || status == 202 else { throw failure(about: subject, order) }
        return object
    }

    /// The service's own words; they are English, so a French reader is told before them what kind of refusal it is.
    private func sentence(of problem: ProblemView) -> String {
        let words = problem.detail ?? problem.title ?? say("it answered with status \(digits: status)")
        guard Language.current == .french, let code = problem.code.flatMap({ ProblemCode(rawValue: $0) }) else {
            return words
        }
        return code.text(.french).title + (problem.detail.map { " (\($0))" } ?? "")
    }

    /// The one translation of a problem into a sentence and an exit code.
    func failure(about subject: String, _ order: Order? = nil) -> OperatorError {
        let problem = ProblemView(shown: object)
        if let refusal = order.flatMap({ OrderText.refusal(problem, $0) }) { return refusal }
        let sentence = sentence(of: problem)
        let noun = subject.prefix { $0 != " " }
        let thing = say(known: String(noun)) + subject.dropFirst(noun.count)
        // Persons have no list: nobody leafs through them.
        let list: String? =
            switch noun {
            case "person", "user": nil
            case "import": "carillon directory list"
            case "installation": "carillon device list"
            default: "carillon \(noun) list"
            }
        switch problem.code.flatMap({ ProblemCode(rawValue: $0) }) {
        case .nothingMatched:
            return OperatorError(
                .nothing,
                say("nothing matched: \(subject)"),
                why: problem.known.map { say("known: \($0)") } ?? sentence
            )
        case .unknownSchool: return OperatorError(.nothing, say("there is no \(thing)"), next: list)
        case .unknownFeed: return OperatorError(.usage, sentence, next: "carillon config show")
        case .clockNotSuspect: return OperatorError(.nothing, say("the clock is not in doubt"))
        case .removalsNotFrozen: return OperatorError(.nothing, sentence, next: "carillon lane list")
        case .forbiddenAccount: return OperatorError(.refused, sentence)
        case .lanePaused:
            return OperatorError(.refused, sentence, next: "carillon lane resume \(subject.dropFirst(5))")
        case .importNotHeld:
            return OperatorError(.refused, sentence, next: "carillon directory show \(subject.dropFirst(7))")
        case .orderRefused, .eventEnded, .eventWithdrawn: return OperatorError(.refused, sentence)
        case .invalidOrder:
            let details = problem.errors?.compactMap(\.detail) ?? []
            return OperatorError(.usage, say("the order is wrong"), why: details.joined(separator: " "))
        default: break
        }
        switch status {
        case 404: return OperatorError(.nothing, say("there is no \(thing)"), next: list)
        case 503: return OperatorError(.store, say("the store cannot take the order now"), why: sentence)
        default: return OperatorError(.failed, say("the order was not taken"), why: sentence)
        }
    }
}

extension OrderView {
    /// Who gives it is known; an empty reason is sent, too.
    init(why: String) {
        self.init()
        actor = OperatorContext.current.actor
        self.why = why
    }
}
