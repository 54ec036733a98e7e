import ArgumentParser
import Domain
import Store

struct QueueTop: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "A live screen: status, and the ages by lane, school, kind or reason.",
        discussion: """
            Keys: l, s, k, r show ages by lane, school, kind, reason; n none; Tab chooses the next lane and p pauses or \
            resumes it, after asking why; space redraws; q quits. Works without the service, from the store.

            Examples:
              carillon queue top
              carillon queue top --by reason --interval 5s
              carillon queue top --once
              carillon queue top -o ndjson --interval 10s >> status.ndjson
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "Between two frames, from 1s to 1h.")
    var interval: TimeLengthArgument = "1s"
    @Option(help: "Ages by lane, school, class, app, kind, event, reason or state.")
    var by: AgeMatrix.Key?
    @Flag(help: "One frame, without taking the terminal over.")
    var once = false

    func validate() throws { try interval.checkInterval() }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let screen = TopScreen(inspection: inspection, renderer: renderer)
        let wait = interval.duration
        if once {
            let frame = try await screen.frame(by: by, earlier: nil)
            try renderer.write(frame.report.object, id: "source", colored: true) { frame.lines(rows: .max) }
        } else if renderer.format != .table {
            try await stream(screen, renderer, every: wait)
        } else {
            guard let terminal = renderer.context.terminal else {
                throw OperatorError(
                    .usage,
                    say("top needs a terminal"),
                    next: say("carillon queue top --once, or -o ndjson")
                )
            }
            try await show(screen, on: terminal, every: wait)
        }
    }

    /// One object a line until nobody reads on.
    private func stream(_ screen: TopScreen, _ renderer: Renderer, every wait: Duration) async throws {
        var earlier: MetricsSample?
        while !Task.isCancelled {
            let frame = try await screen.frame(by: nil, earlier: earlier)
            earlier = frame.report.sample
            try renderer.write(frame.report.object, id: "source") { [] }
            try await Task.sleep(for: wait)
        }
    }

    private func show(_ screen: TopScreen, on terminal: Terminal, every wait: Duration) async throws {
        var controls = TopControls(view: by)
        var earlier: MetricsSample?
        let events = terminal.open(every: wait)
        defer { terminal.close() }
        var next: Terminal.Event? = .tick
        var iterator = events.makeAsyncIterator()
        while let event = next {
            if event == .closed { return }
            if case .key(let key) = event {
                switch controls.take(key) {
                case .none: break
                case .quit: return
                case .order(let verb, let lane, let why):
                    let order = LaneOrderRun(verb: verb, lane: lane, why: why)
                    do {
                        controls.say(order.state(try await AdminClient.use(screen.inspection.adminSocket, order.give)))
                    } catch {
                        controls.say(
                            (error as? OperatorError).map {
                                ([$0.what] + [$0.why].compactMap { $0 }).joined(separator: ": ")
                            } ?? "\(error)"
                        )
                    }
                }
            }
            let (columns, rows) = terminal.size
            var lines: [String]
            do {
                let frame = try await screen.resized(columns).frame(by: controls.view, earlier: earlier)
                earlier = frame.report.sample
                controls.show(frame.report.facts.items)
                lines = frame.lines(rows: rows - 1)
            } catch let failure as OperatorError {
                // The store may be away for a moment; the next frame tries again.
                lines = failure.text.split(separator: "\n").map(String.init)
            }
            lines = Array(lines.prefix(rows - 1))
            terminal.draw(
                frame: lines + [screen.resized(columns).renderer.fitted(DisplayWidth.safe(controls.footer))],
                isASCII: screen.renderer.context.isASCII
            )
            next = await iterator.next()
        }
    }
}
