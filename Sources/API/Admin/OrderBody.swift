import Contract
import Domain
import Hummingbird

/// The body of an order: who wants it and why, for the audit log, and what the view holds beside.
struct OrderBody<View: WireView>: Sendable {
    /// As ``Caller/actor(claim:access:)`` says it.
    var actor: String
    var why: String
    var view: View

    /// What is wrong with one member.
    func wrong(_ member: PartialKeyPath<View>, _ detail: String, code: String = "malformed") -> Problem {
        let error = FieldError(JSONPointer.root.member(View.name(of: member)), code, detail)
        return Problem(.invalidOrder, "The order is wrong.", errors: [error])
    }
}

extension OrderBody<OrderView> {
    /// Reads the body; an empty one is allowed while nothing in it is needed.
    static func read(_ call: Call, _ services: AdminServices, needsWhy: Bool) async throws -> OrderBody {
        let value = try await OrderReader.json(call, services, bytesMax: 16 * 1024, mayBeEmpty: !needsWhy)
        return try OrderReader.body(value, call, actor: \.actor, why: \.why, needsWhy: needsWhy)
    }
}

/// Reads the bodies of orders.
enum OrderReader {
    private static let whyBytesMax = 1000

    static func json(
        _ call: Call,
        _ services: AdminServices,
        bytesMax: Int,
        mayBeEmpty: Bool
    ) async throws -> JSONObject {
        let body = try await BodyReader(bytesMax: bytesMax, timeout: services.bodyTimeout).bytes(of: call.request)
        if body.isEmpty, mayBeEmpty { return JSONObject() }
        let value = try JSONParser.parse(body)
        guard let object = value.object else {
            let error = FieldError(.root, "wrongType", "Expected an object, found \(value.typeName).")
            throw Problem(.invalidOrder, "The order is wrong.", errors: [error])
        }
        return object
    }

    /// - Throws: 422 naming every member that is wrong.
    static func body<View: WireView>(
        _ object: JSONObject,
        _ call: Call,
        actor: KeyPath<View, String?>,
        why: KeyPath<View, String?>,
        needsWhy: Bool
    ) throws -> OrderBody<View> {
        var errors: [FieldError] = []
        let view = View(object, errors: &errors)
        func text(_ member: KeyPath<View, String?>) -> String {
            let text = view[keyPath: member] ?? ""
            guard text.utf8.count > whyBytesMax else { return text }
            let detail = "Expected a string of at most \(whyBytesMax) bytes."
            errors.append(FieldError(JSONPointer.root.member(View.name(of: member)), "malformed", detail))
            return ""
        }
        let (name, reason) = (text(actor), text(why))
        if needsWhy, errors.isEmpty, reason.allSatisfy(\.isWhitespace) {
            let place = JSONPointer.root.member(View.name(of: why))
            errors.append(FieldError(place, "missing", "Say why; it goes to the audit log."))
        }
        guard errors.isEmpty else { throw Problem(.invalidOrder, "The order is wrong.", errors: errors) }
        return OrderBody(actor: call.context.actor(claim: name), why: reason, view: view)
    }
}
