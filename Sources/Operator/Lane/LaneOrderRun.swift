import ArgumentParser
import Contract
import Domain

/// What every order about a lane takes.
struct LaneOrderOptions: ParsableArguments {
    @Argument(help: "The lane's name.", completion: .lanes)
    var lane: String

    @OptionGroup var offline: OfflineOption
}

/// An order about one lane.
struct LaneOrderRun {
    private static let timeout = Duration.seconds(10)

    var verb: String
    var lane: String
    var order: OrderView

    init(verb: String, lane: String, why: String) {
        self.verb = verb
        self.lane = lane
        order = OrderView(why: why)
    }

    /// Gives the order and writes the lane as it then is.
    ///
    /// - Parameters:
    ///   - options: configuration and format.
    ///   - offline: nil for an order that needs the service.
    ///   - line: what people read; by default the lane's state.
    /// - Throws: ``OperatorError``.
    func run(
        _ options: GlobalOptions,
        _ offline: OfflineOption?,
        line: ((JSONObject) -> String)? = nil
    ) async throws {
        let object = try await options.admin(offline, give)
        try options.renderer.write(object, id: "lane") { [(line ?? state)(object)] }
    }

    /// - Returns: the lane as it then is.
    /// - Throws: exit code 4 when the service does not answer, 3 for an unknown lane.
    func give(_ channel: any AdminChannel) async throws -> JSONObject {
        var request = AdminRequest("/admin/lanes/\(verb)", order)
        request.query = [("lane", lane)]
        request.timeout = Self.timeout
        return try await channel.send(request).taken("lane \(lane)")
    }

    /// In one line.
    func state(_ object: JSONObject) -> String {
        let view = LaneView(shown: object)
        let state = view.state.isEmpty ? verb : view.state
        let inFlight = view.inFlight.map { say(" In flight \($0) will finish;") } ?? ""
        let until = state == "paused" ? view.until.map { say(" until \($0.rfc3339)") } ?? "" : ""
        return say("\(lane): \(LaneWord.said(state))\(until).\(inFlight) \(view.pending) pending wait.")
    }
}
