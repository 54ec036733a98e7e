import Contract
import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns whatever a handler throws into `application/problem+json`; nothing of the inside leaves with a 500.
struct ProblemMiddleware: RouterMiddleware {
    let routes: [Route]
    let limits: Limits
    var metrics: RequestMetrics?

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        defer { noteItems(context) }
        do {
            return try await next(request, context)
        } catch {
            let problem = problem(error, request)
            note(problem, context)
            if let cause = problem.cause {
                context.logger.error(
                    "request failed",
                    metadata: ["code": .string(problem.code.rawValue), "cause": .string(cause)]
                )
            }
            var response = problem.response(requestID: context.requestID)
            if problem.leavesBodyUnread || Self.announcesLargeBody(request) { lingerThenClose(&response, context) }
            return response
        }
    }

    /// Who publishes reads here what was wrong, under the number the answer has; of the request itself nothing is told.
    private func note(_ problem: Problem, _ context: APIContext) {
        let publisher = context.sender.publisher
        metrics?.refused(problem.code.rawValue, publisher: publisher)
        guard let publisher else { return }
        context.logger.info(
            "request refused",
            metadata: [
                "code": .string(problem.code.rawValue), "publisher": .string(publisher),
                "status": .stringConvertible(problem.code.status),
            ]
        )
    }

    /// One line for all refused events of a batch.
    private func noteItems(_ context: APIContext) {
        let codes = context.sender.refused
        guard !codes.isEmpty, let publisher = context.sender.publisher else { return }
        for code in codes { metrics?.refused(code.rawValue, publisher: publisher) }
        let names = Set(codes.map(\.rawValue)).sorted().joined(separator: " ")
        context.logger.info(
            "events of a batch refused",
            metadata: [
                "code": .string(names), "publisher": .string(publisher), "count": .stringConvertible(codes.count),
            ]
        )
    }

    private func problem(_ error: any Error, _ request: Request) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as any AnsweredError: error.problem(limits)
        case let error as HTTPError where error.status == .notFound: unrouted(request)
        case let error as any HTTPResponseError where error.status.kind == .clientError:
            Problem(.invalidParameter, "The request is malformed.")
        default: Problem(.internalError, "Something went wrong here; it is on record.", cause: "\(error)")
        }
    }

    /// No handler: either the path is unknown or the method is.
    private func unrouted(_ request: Request) -> Problem {
        var methods = routes.filter { $0.matches(request.uri.path) }.map(\.method.rawValue)
        guard !methods.isEmpty else { return Problem(.notFound, "There is nothing at this path.") }
        if methods.contains("GET") { methods.append("HEAD") }
        var problem = Problem(.methodNotAllowed, "This path has other methods.")
        problem.headers[.allow] = methods.joined(separator: ", ")
        return problem
    }

    private static func announcesLargeBody(_ request: Request) -> Bool {
        if request.headers[.transferEncoding] != nil { return true }
        return request.headers[.contentLength].flatMap { Int($0) }.map { $0 > 1 << 20 } ?? false
    }

    /// The server reads on until the body ends, which may be never. Closing at once would take the answer away from a client that still
    /// sends [RFC 9112 §9.6], so the connection lives for a moment.
    private func lingerThenClose(_ response: inout Response, _ context: APIContext) {
        response.headers[.connection] = "close"
        guard let channel = context.channel else { return }
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }
}
