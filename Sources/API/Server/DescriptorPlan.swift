import Glibc

/// Who may hold how many of the process's descriptors: what cannot be had otherwise is kept back, the rest is for connections from outside.
package struct DescriptorPlan: Hashable, Sendable {
    /// Stores and their readers, files of imports, event loops, clients of other servers: 60 at work, twice that for safety.
    private static let reserve = 96
    /// Connections of a lane at the most, and one that is being made anew.
    private static let perLane = 9
    private static let metricsConnections = 16
    private static let adminConnections = 16
    private static let publicLeast = 32
    /// More would only wait for one another: a connection holds up to 100 KB at work.
    private static let publicMost = 2048

    /// Connections of the public listener.
    package let publicMax: Int
    package let metricsMax = Self.metricsConnections
    package let adminMax = Self.adminConnections

    /// What it takes to serve anybody.
    package static func needed(lanes: Int) -> Int { kept(lanes: lanes) + publicLeast }

    private static func kept(lanes: Int) -> Int {
        reserve + perLane * lanes + metricsConnections + adminConnections
    }

    /// - Parameters:
    ///   - limit: the descriptors the process may have.
    ///   - lanes: connections towards push services at the most, as lanes.
    /// - Throws: ``LimitError`` when the rest would be too small to serve anybody.
    package init(limit: Int, lanes: Int) throws(LimitError) {
        let needed = Self.needed(lanes: lanes)
        guard limit >= needed else { throw LimitError(limit: limit, needed: needed) }
        publicMax = min(limit - Self.kept(lanes: lanes), Self.publicMost)
    }

    /// The process may have too few descriptors to keep what it promises.
    package struct LimitError: Error, Hashable, Sendable, CustomStringConvertible {
        package var limit: Int
        package var needed: Int

        package var description: String {
            """
            the limit on open files is \(limit), and with these lanes \(needed) are needed: raise LimitNOFILE of the service, \
            or ulimit -n
            """
        }
    }

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: what the process may have from now on.
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, 1 << 20))
    }
}
