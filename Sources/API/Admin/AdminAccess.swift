import Contract
import Glibc
import Hummingbird

/// What somebody may do by the admin socket.
enum AdminAccess: Hashable, Comparable {
    case nothing
    /// Ask, and change nothing.
    case reading
    /// Give orders.
    case orders
    /// The service's own account, or root, who could do it without the socket.
    case owner

    /// - Parameters:
    ///   - caller: who asks.
    ///   - owner: the service's account.
    ///   - groups: who else may.
    /// - Returns: the most that it is, or that one of its groups may.
    static func of(_ caller: Caller, owner: UInt32, groups: AdminGroups) -> AdminAccess {
        switch caller {
        case .inside: return .owner
        case .gone: return .nothing
        case .peer(let peer):
            if peer.uid == 0 || peer.uid == owner { return .owner }
            if peer.isIn(groups.orders) { return .orders }
            return peer.isIn(groups.reading) ? .reading : .nothing
        }
    }
}

/// Lets orders through from who may give them, and questions from who may ask.
struct AdminAccessMiddleware: RouterMiddleware {
    let groups: AdminGroups

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let isQuestion = request.method == .get || request.method == .head
        var context = context
        context.caller = await Caller.of(context)
        context.access = AdminAccess.of(context.caller, owner: geteuid(), groups: groups)
        let access = context.access
        guard access >= (isQuestion ? .reading : .orders) else {
            let sentence =
                access == .nothing
                ? "The socket is for root, the service's own account and the groups \(AdminGroups.ordersName) and \(AdminGroups.readingName)."
                : "The group \(AdminGroups.readingName) may ask; orders are given by \(AdminGroups.ordersName)."
            var problem = Problem(.forbiddenAccount, sentence)
            problem.leavesBodyUnread = true
            throw problem
        }
        return try await next(request, context)
    }
}
