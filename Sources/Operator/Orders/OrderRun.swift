import Contract
import Domain
import Pipeline

/// Gives one order: asks a person first when it is large, waits for its end, and says how it ended with the exit code.
struct OrderRun {
    /// The service answers a long order after ten seconds.
    private static let timeout = Duration.seconds(60)

    let order: Order
    let options: GlobalOptions
    /// nil: only the running service does it.
    let offline: OfflineOption?
    let timeout: Duration

    /// `timeout`: in seconds.
    init(_ order: Order, _ options: GlobalOptions, _ offline: OfflineOption?, timeout: Int) {
        self.order = order
        self.options = options
        self.offline = offline
        self.timeout = .seconds(timeout)
    }

    func run() async throws {
        try await options.admin(offline, isBulk: true) { channel in
            var order = order
            if !order.isDryRun, !order.isConfirmed, OperatorContext.current.isInteractive {
                guard try await isConfirmed(&order, channel) else {
                    throw OperatorError(.refused, say("not confirmed; nothing was changed"))
                }
            }
            let given = try await give(order, channel)
            let isRunning = OrderReportView(shown: given).state == "running"
            let report = isRunning ? try await end(of: given, channel) : given
            try options.renderer.write(report, id: "operation") {
                OrderText.lines(OrderReportView(shown: report), order)
            }
            try judge(OrderReportView(shown: report))
        }
    }

    /// - Returns: the report's object.
    private func give(_ order: Order, _ channel: any AdminChannel) async throws -> JSONObject {
        var request = AdminRequest("/admin/orders", BulkOrderView(order))
        request.timeout = Self.timeout
        return try await channel.send(request).taken(order.scope.description, order)
    }

    /// A person sees what it is about, and types the number when it is large.
    private func isConfirmed(_ order: inout Order, _ channel: any AdminChannel) async throws -> Bool {
        let context = OperatorContext.current
        var plan = order
        plan.isDryRun = true
        let report = OrderReportView(shown: try await give(plan, channel))
        let eligible = report.eligible
        order.expect = order.expect ?? eligible
        guard order.verb.isForGood || eligible > Order.confirmedMax else { return true }
        for line in OrderText.lines(report, order).dropLast() { context.talk(line) }
        context.talk(say("Type \(digits: eligible) to \(order.verb.said) them:"))
        guard context.input()?.filter({ !$0.isWhitespace }) == "\(eligible)" else { return false }
        order.isConfirmed = true
        return true
    }

    private func end(of report: JSONObject, _ channel: any AdminChannel) async throws -> JSONObject {
        let context = OperatorContext.current
        guard let name = OrderReportView(shown: report).operation else { return report }
        var request = AdminRequest("/admin/operations/\(name)")
        (request.method, request.body, request.timeout) = ("GET", .bytes([]), AdminClient.quickTimeout)
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while clock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(300)) } catch { break }
            let answer: AdminAnswer
            do { answer = try await channel.send(request) } catch { continue }
            guard answer.status == 200 else { continue }
            let now = OperationView(shown: answer.object)
            if context.columns != nil { context.talk(say("\(name): \(now.changed) changed")) }
            guard now.state != "running" else { continue }
            var ended = OrderReportView(shown: report)
            (ended.state, ended.changed, ended.skipped) = (now.state, now.changed, now.skipped)
            return ended.object
        }
        throw OperatorError(
            .timedOut,
            say("\(name) is not over yet and goes on by itself"),
            next: "carillon operation show \(name)"
        )
    }

    private func judge(_ report: OrderReportView) throws {
        switch report.state {
        case "planned" where report.eligible == 0 && !report.bindsWhatComes:
            throw OrderText.nothingEligible(report, order)
        case "planned", "done": return
        case let state?:
            throw OperatorError(
                report.changed > 0 ? .partlyDone : .failed,
                say("the order was \(state) after \(report.changed) deliveries"),
                next: "carillon operation show \(report.operation ?? "")"
            )
        case nil: throw OperatorError(.failed, say("the answer has no state"))
        }
    }
}

extension BulkOrderView {
    init(_ order: Order) {
        self.init()
        verb = order.verb.rawValue
        if order.scope.deliveries.isEmpty {
            filter = order.scope.words.json
        } else {
            ids = order.scope.deliveries.map(\.description)
        }
        isDryRun = order.isDryRun
        isConfirmed = order.isConfirmed
        isFresh = order.scope.isFresh
        expect = order.expect
        actor = order.actor
        why = order.why
    }
}
