import HTTPTypes
import Hummingbird

/// Lets pages of the configured origins use the routes of parents [Fetch Standard, §3.2]. Without any, a preflight is answered like every
/// other request with a method that a path does not have, and browsers keep pages of other origins out.
struct CrossOriginMiddleware: RouterMiddleware {
    /// Serialized origins: compared as they are.
    let allowed: Set<String>

    private static let prefixes = ["/v1/devices", "/v1/webpush/", "/v1/preferences", "/v1/me"]

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard !allowed.isEmpty, Self.prefixes.contains(where: { request.uri.path.hasPrefix($0) }) else {
            return try await next(request, context)
        }
        guard let origin = request.headers[.origin], allowed.contains(origin) else {
            var response = try await next(request, context)
            response.headers[.vary] = "Origin"
            return response
        }
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = isPreflight ? Self.preflight : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        if !isPreflight {
            response.headers[.accessControlExposeHeaders] =
                "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
        }
        return response
    }

    private static let preflight = Response(
        status: .noContent,
        headers: [
            .accessControlAllowMethods: "GET, PUT, PATCH, POST, DELETE",
            .accessControlAllowHeaders: "Authorization, Content-Type, If-Match",
            .accessControlMaxAge: "600",
        ]
    )
}
