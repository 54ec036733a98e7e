import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Store

/// An answer that is none of what was asked for [RFC 9457].
struct Problem: Error, Sendable {
    var code: ProblemCode
    /// A sentence for the developer at the other end; quotes no token, name or text.
    var detail: String
    var errors: [FieldError]
    /// Goes beside the standard members.
    var members = JSONObject()
    var headers: HTTPFields = [:]
    /// For the log only, when a person must look.
    var cause: String?
    /// The answer leaves before the body was read to its end.
    var leavesBodyUnread = false

    init(_ code: ProblemCode, _ detail: String, errors: [FieldError] = [], cause: String? = nil) {
        self.code = code
        self.detail = detail
        self.errors = errors
        self.cause = cause
    }

    init(_ refusal: Refusal) {
        guard let code = ProblemCode(rawValue: refusal.code) else {
            preconditionFailure("A refusal has a code that the documentation does not list.")
        }
        self.init(code, refusal.detail, errors: refusal.errors)
    }

    /// The store cannot promise: come again. What is a defect goes to the log as well.
    init(_ error: StoreError, limits: Limits) {
        let cause: String? =
            switch error {
            case .full, .scarce, .overloaded, .stopped: nil
            case .inUse, .unusable, .failStopped, .damaged, .failed: "\(error)"
            }
        let sentence =
            error == .scarce
            ? "The disk is short of room: what is large or not urgent is refused for now; try again later."
            : "The store cannot take this now; try again."
        self.init(.storeUnavailable, sentence, cause: cause)
        headers[.retryAfter] = "\(limits.retryAfterSeconds)"
    }

    func response(requestID: String) -> Response {
        .json(
            HTTPResponse.Status(code: code.status),
            .object(object(instance: "urn:request:" + requestID)),
            type: Response.problemType,
            headers: headers
        )
    }

    /// The members of the problem. `instance` names this one occurrence; nil inside a batch.
    func object(instance: String? = nil) -> JSONObject {
        var object = JSONObject()
        object["type"] = .string("https://carillon.example/problems/" + code.rawValue)
        object["title"] = .string(code.title)
        object["status"] = .number(code.status)
        object["code"] = .string(code.rawValue)
        object["detail"] = .string(detail)
        object["instance"] = instance.map { .string($0) }
        if !errors.isEmpty {
            object["errors"] = .array(
                errors.map {
                    [
                        "pointer": .string($0.pointer.description), "code": .string($0.code),
                        "detail": .string($0.detail),
                    ]
                }
            )
        }
        for member in members where object[member.name] == nil { object[member.name] = member.value }
        return object
    }
}
