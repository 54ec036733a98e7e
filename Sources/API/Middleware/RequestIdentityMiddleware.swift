import Domain
import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// Gives every request its name: `X-Request-Id` taken when it is sane, else made; `traceparent` carried to answer and log.
struct RequestIdentityMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        var request = request
        if request.headers[.expect] != nil, let channel = context.channel {
            request.body = RequestBody(asyncSequence: ContinueOnRead(body: request.body, channel: channel))
        }
        context.requestID = request.headers[HeaderName.requestID].flatMap(Self.sane) ?? Self.make()
        context.logger[metadataKey: "request"] = .string(context.requestID)
        context.trace = request.headers[HeaderName.traceParent].flatMap { TraceParent($0) }
        if let trace = context.trace { context.logger[metadataKey: "trace"] = .string(trace.trace) }
        var response = try await next(request, context)
        response.headers[HeaderName.requestID] = context.requestID
        if let trace = context.trace { response.headers[HeaderName.traceParent] = trace.text }
        return response
    }

    /// 1 to 128 of letters, digits, dots, hyphens and underscores: harmless in every log.
    static func sane(_ text: String) -> String? {
        guard (1...128).contains(text.utf8.count) else { return nil }
        let isSane = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isSane ? text : nil
    }

    private static func make() -> String {
        Hex.text(UInt64.random(in: .min ... .max)) + Hex.text(UInt64.random(in: .min ... .max))
    }
}
