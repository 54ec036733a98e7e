import Hummingbird
import Logging

/// One line for a request, at debug. The route is the template: a URL may hold a token and is never logged.
struct RequestLogMiddleware: RouterMiddleware {
    var metrics: RequestMetrics?

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        let response = try await next(request, context)
        let duration = ContinuousClock.now - started
        metrics?.answered(
            method: request.method.rawValue,
            // "NotFound" where nobody routes.
            route: context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil },
            code: response.status.code,
            after: duration
        )
        context.logger.debug(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "route": .string(context.endpointPath ?? ""),
                "status": .stringConvertible(response.status.code),
                "ms": .stringConvertible(duration / .milliseconds(1)),
            ]
        )
        return response
    }
}
