import Domain
import Store

/// Makes the frames of `queue top`.
struct TopScreen {
    let inspection: Inspection
    var renderer: Renderer

    struct Frame {
        var report: StatusReport
        var status: [String]
        var ages: [String]

        /// Both parts as far as they fit; the ages give way first, then the end of the status.
        func lines(rows: Int) -> [String] {
            let all = ages.isEmpty ? status : status + [""] + ages
            return Array(all.prefix(rows))
        }
    }

    /// For a window of this width.
    func resized(_ columns: Int) -> TopScreen {
        var screen = self
        screen.renderer.context.columns = columns
        return screen
    }

    func frame(by key: AgeMatrix.Key?, earlier: MetricsSample?) async throws -> Frame {
        let report = try await StatusReport.read(inspection, context: renderer.context, earlier: earlier)
        let status = StatusScreen(report: report, renderer: renderer).lines
        return Frame(report: report, status: status.map(renderer.fitted), ages: try key.map(ages) ?? [])
    }

    private func ages(by key: AgeMatrix.Key) throws -> [String] {
        var filter = QueueFilter()
        filter.states = [.pending, .deferred]
        let table = AgeTable(key: key, bounds: AgeTable.bounds(first: 5000, count: 9, isLinear: false))
        let listing = try table.listing(
            inspection,
            filter,
            scope: say("waiting by \(key.rawValue) and age"),
            limit: 20,
            renderer
        )
        return renderer.table(listing, withHeader: false).split(separator: "\n").map { renderer.fitted(String($0)) }
    }
}
