import Contract
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
    /// Members beside the standard ones.
    var more = ProblemView()
    /// Those of a whole report.
    var report = JSONObject()
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

    init(_ refusal: EventRefusal) {
        guard let code = ProblemCode(rawValue: refusal.code) else {
            preconditionFailure("A refusal has a code that the documentation does not list.")
        }
        self.init(code, refusal.detail, errors: refusal.errors)
    }

    /// The store cannot promise: come again. What is a defect goes to the log as well.
    init(_ error: StoreError, limits: Limits) {
        let cause: String? =
            switch error {
            case .full, .scarce, .overloaded, .outdated, .stopped: nil
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
        var headers = headers
        // What the name in `type` means is read here, whatever the gateway is called outside [RFC 8288].
        headers[HeaderName.link] = "<\(code.path)>; rel=\"help\""
        return .json(
            HTTPResponse.Status(code: code.status),
            .object(object(instance: "urn:request:" + requestID)),
            type: ProblemView.contentType,
            headers: headers
        )
    }

    /// The members of the problem. `instance` names this one occurrence; nil inside a batch.
    func object(instance: String? = nil) -> JSONObject {
        var view = more
        view.type = ProblemView.typeBase + code.rawValue
        view.title = code.title
        view.status = code.status
        view.code = code.rawValue
        view.detail = detail
        view.instance = instance
        view.errors = errors.isEmpty ? nil : errors.map { FieldErrorView($0) }
        var object = view.object
        for member in report where object[member.name] == nil { object[member.name] = member.value }
        return object
    }
}
