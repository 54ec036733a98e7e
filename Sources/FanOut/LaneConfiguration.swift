/// Where a lane connects to and what limits hold there.
package struct LaneConfiguration: Sendable {
    /// DNS name (also SNI and the name the certificate must carry), or a numeric address.
    package var host: String
    package var port: UInt16
    /// `:authority`; the host, with the port unless it is 443, when nil.
    package var authority: String?
    /// PEM file of certificates trusted besides the system's.
    package var extraCAFile: String?
    /// Numeric addresses in order of preference, for a host the resolver is not to be asked about; unused with a proxy.
    package var addresses: [String]?
    /// Not asked when there is a proxy: then it is the proxy that connects.
    package var addressPolicy = AddressPolicy.any
    /// Nil: direct.
    package var proxy: Proxy?
    /// How often, how many, how long.
    package var rules: PoolRules
    /// From writing a request to the end of its answer. APNs has been seen silent for minutes: 20-30 s.
    package var requestDeadline: Duration = .seconds(30)

    package init(host: String, port: UInt16 = 443, extraCAFile: String? = nil, rules: PoolRules = PoolRules()) {
        self.host = host
        self.port = port
        self.extraCAFile = extraCAFile
        self.rules = rules
    }

    var authorityText: String {
        if let authority { return authority }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? name : "\(name):\(port)"
    }
}

/// What the operator sees of a lane; a copy as of the last turn that touched it.
package struct LaneSnapshot: Sendable, Equatable {
    package var connectionsReady = 0
    package var connectionsConnecting = 0
    package var connectionsDraining = 0
    package var streamsInFlight = 0
    /// Streams that could be in flight at once on the ready connections, by the present limits.
    package var streamsWindow = 0
    package var requestsSent: UInt64 = 0
    /// The last reason why a connection failed or closed; never cleared.
    package var lastError: String?

    package init() {}
}
