import Domain
import HTTPTypes
package import Hummingbird

/// What the outside sees: events, devices, directory, One Pocket's paths and the small operations routes.
package func publicRouter(_ services: APIServices) -> Router<APIContext> {
    let operations = OperationsRoutes(services: services)
    let open =
        ImportRoutes(services: services.admin).publicRoutes(services.publishers) + operations.common
        + OperationsRoutes.document
    return router(
        allowedOrigins: services.http.allowedOrigins,
        EventRoutes(services: services).routes + DeviceRoutes(services: services).routes
            + PersonRoutes(services: services).routes + limitedByAddress(open, services),
        services.limits,
        RequestMetrics(services.metrics)
    )
}

/// For routes where no account or publisher has a limit of its own.
private func limitedByAddress(_ routes: [Route], _ services: APIServices) -> [Route] {
    let limits = services.limits
    let requests = RateLimiter("open", perMinute: limits.openRequestsPerMinute, burst: limits.openRequestsBurst)
    return routes.map { route in
        Route(route.method, route.path) { call in
            let address = call.clientAddress(services.http.proxies)
            return try await requests.limited(address, now: services.time.monotonic()) { try await route.handler(call) }
        }
    }
}

/// For the monitoring's network: the operations routes, health and metrics.
package func metricsRouter(_ services: APIServices) -> Router<APIContext> {
    let operations = OperationsRoutes(services: services)
    return router(operations.common + operations.deep, services.limits)
}

/// For the Unix socket: each as ``AdminAccess`` says.
package func adminRouter(_ services: AdminServices) -> Router<APIContext> {
    router(
        AdminRoutes(services: services).routes + LookRoutes(services: services).routes
            + OrderRoutes(services: services).routes
            + DeviceOrderRoutes(services: services).routes + ImportRoutes(services: services).adminRoutes
            + SchoolRoutes(services: services).routes + ClockRoutes(services: services).routes
            + StorageRoutes(services: services).routes + PersonOrderRoutes(services: services).routes
            + OperationsRoutes.document,
        services.limits,
        access: AdminAccessMiddleware(groups: services.groups)
    )
}

private func router(
    allowedOrigins: [String] = [],
    _ routes: [Route],
    _ limits: Limits,
    _ metrics: RequestMetrics? = nil,
    access: AdminAccessMiddleware? = nil
) -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    // The first is the outermost.
    router.add(middleware: RequestIdentityMiddleware())
    router.add(middleware: RequestLogMiddleware(metrics: metrics))
    router.add(middleware: CrossOriginMiddleware(allowed: Set(allowedOrigins)))
    router.add(middleware: ProblemMiddleware(routes: routes, limits: limits, metrics: metrics))
    if let access { router.add(middleware: access) }
    for route in routes {
        router.on(RouterPath(route.path), method: route.method) { request, context in
            try await route.handler(Call(request: request, context: context))
        }
    }
    return router
}
