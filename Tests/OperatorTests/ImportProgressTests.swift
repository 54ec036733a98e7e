import Contract
import Testing

@testable import Operator

/// What is said while an import is waited for.
struct ImportProgressTests {
    private func view(_ state: String, _ bytes: Int = 0, of total: Int? = nil) -> ImportProgressView {
        var view = ImportProgressView()
        (view.state, view.bytes, view.bytesTotal, view.read, view.staged) = (state, bytes, total, 120, 100)
        return view
    }

    @Test func `each step has its line`() {
        let lines = [view("idle"), view("reading"), view("reading", 43, of: 100), view("applying")].map {
            ImportProgressText.line($0, seconds: 12)
        }
        #expect(
            lines == [
                "handing the export over (12 s)", "reading: 120 records read, 100 staged (12 s)",
                "reading: 43 %, 120 records read, 100 staged (12 s)",
                "comparing and applying 100 records, in one transaction (12 s)",
            ]
        )
    }

    @Test(arguments: [(0, 0), (4, 0), (5, 1), (50, 10), (99, 19), (100, 20), (150, 20)])
    func `a bar is as long as the share`(bytes: Int, full: Int) {
        let bar = ImportProgressText.bar(view("reading", bytes, of: 100), seconds: 1, columns: 200)
        let expected = String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full)
        #expect(bar.hasPrefix("[\(expected)] reading: \(min(bytes, 100)) %"))
    }

    @Test func `a bar never fills the last line over, and is none where nobody knows how much there is`() {
        for columns in [1, 20, 40, 41, 80] {
            #expect(ImportProgressText.bar(view("applying"), seconds: 1, columns: columns).count <= columns)
        }
        #expect(ImportProgressText.bar(view("reading"), seconds: 1, columns: 80).hasPrefix("reading: 120"))
    }

    @Test func `lines are one each few seconds, and none of a moment`() {
        var pace = ImportPace()
        let said = (0...60).map { Double($0) / 2 }.filter { pace.isDue(at: Int($0)) }
        #expect(said == [5, 10, 15, 20, 25, 30])
        // Late once, it is not early afterwards.
        var late = ImportPace()
        #expect([7, 9, 11, 12].map { late.isDue(at: $0) } == [true, false, false, true])
    }
}
