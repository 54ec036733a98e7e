import Domain
import Pipeline
import Settings
import Store

/// Gives one order: asks a person first when it is large, waits for its end, and says how it ended with the exit code.
struct OrderRun {
    let order: Order
    let options: GlobalOptions
    let isOffline: Bool
    let timeout: Duration

    init(_ order: Order, _ options: GlobalOptions, _ own: OrderOptions) {
        self.order = order
        self.options = options
        isOffline = own.offline
        timeout = .seconds(own.timeout)
    }

    init(_ order: Order, _ options: GlobalOptions, isOffline: Bool, timeout: Duration) {
        self.order = order
        self.options = options
        self.isOffline = isOffline
        self.timeout = timeout
    }

    func run() async throws {
        let settings = try options.settings().settings
        let door: any OrderDoor =
            isOffline ? StoreDoor(settings: settings) : ServiceDoor(socket: settings.listen.adminSocket)
        var order = order
        if !order.isDryRun, !order.isConfirmed, OperatorContext.current.isInteractive {
            guard try await isConfirmed(&order, door) else {
                throw OperatorFailure(.refused, "not confirmed; nothing was changed")
            }
        }
        let given = try await door.give(order)
        let report = given["state"] == "running" ? try await end(of: given, door) : given
        try options.renderer.write(report, id: "operation") { OrderText.lines(report) }
        try judge(report)
    }

    /// A person sees what it is about, and types the number when it is large.
    private func isConfirmed(_ order: inout Order, _ door: any OrderDoor) async throws -> Bool {
        let context = OperatorContext.current
        var plan = order
        plan.isDryRun = true
        let report = try await door.give(plan)
        let eligible = report["eligible"]?.int64 ?? 0
        order.expect = order.expect ?? Int(eligible)
        guard order.verb.isForGood || eligible > Order.confirmedMax else { return true }
        for line in OrderText.lines(report).dropLast() { context.talk(line) }
        context.talk("Type \(eligible) to \(order.verb) them:")
        guard context.input()?.filter({ !$0.isWhitespace }) == "\(eligible)" else { return false }
        order.isConfirmed = true
        return true
    }

    private func end(of report: JSONObject, _ door: any OrderDoor) async throws -> JSONObject {
        let context = OperatorContext.current
        guard let name = report["operation"]?.string else { return report }
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while clock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(300)) } catch { break }
            guard let now = await door.operation(name) else { continue }
            if context.columns != nil { context.talk("\(name): \(now["changed"]?.int64 ?? 0) changed") }
            guard now["state"] != "running" else { continue }
            var ended = report
            for member in ["state", "changed", "skipped"] { ended[member] = now[member] }
            return ended
        }
        throw OperatorFailure(
            .timedOut,
            "\(name) is not over yet and goes on by itself",
            next: "carillon operation show \(name)"
        )
    }

    private func judge(_ report: JSONObject) throws {
        let changed = report["changed"]?.int64 ?? 0
        switch report["state"]?.string {
        case "planned", "done": return
        case let state?:
            throw OperatorFailure(
                changed > 0 ? .partlyDone : .failed,
                "the order was \(state) after \(changed) deliveries",
                next: "carillon operation show \(report["operation"]?.string ?? "")"
            )
        case nil: throw OperatorFailure(.failed, "the answer has no state")
        }
    }
}
