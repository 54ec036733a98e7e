import Synchronization

/// What happened, in memory for the control endpoints and appended to a file for those who come later.
///
/// A record is in memory when `append` returns and in the file after the next `flush`, which the simulator calls every
/// ``flushMilliseconds``, before any control answer, and at the end: a kill loses at most that much of the file.
package final class PushLog: Sendable {
    package static let flushMilliseconds: Int64 = 50
    /// Lines kept in memory; beyond it the oldest go, the file keeps all.
    package static let linesMaxDefault = 100_000
    /// A burst is written out early at this size.
    private static let pendingBytesMax = 1 << 18

    /// Which records are wanted; nil is every one.
    package struct Filter: Sendable {
        package var provider: SimulatedService?
        package var outcome: Record.Outcome?
        package var token: String?

        package init() {}

        fileprivate func wants(_ line: Line) -> Bool {
            if let provider, provider != line.provider { return false }
            if let outcome, outcome != line.outcome { return false }
            if let token, token != line.token { return false }
            return true
        }
    }

    fileprivate struct Line {
        var bytes: [UInt8]
        var provider: SimulatedService
        var outcome: Record.Outcome
        var token: String
    }

    private struct State {
        var counts = Counts()
        var lastSequence: Int64 = 0
        /// `lines[0]` has the sequence number `firstSequence`; those before `dropped` are empty and wait to be cut off.
        var lines: [Line] = []
        var dropped = 0
        var pending: [UInt8] = []
    }

    private let state = Mutex(State())
    private let file: AppendFile?
    private let linesMax: Int

    package init(file: AppendFile? = nil, linesMax: Int = PushLog.linesMaxDefault) {
        precondition(linesMax > 0, "a log keeps at least one line")
        self.file = file
        self.linesMax = linesMax
    }

    /// Counts the record and keeps its line; `at` is in milliseconds since 1970.
    package func append(_ record: Record, at: Int64) {
        state.withLock { state in
            state.lastSequence += 1
            state.counts.count(record)
            var line = record.json(sequence: state.lastSequence, at: at).serialized
            line.append(UInt8(ascii: "\n"))
            if let file {
                state.pending.append(contentsOf: line)
                if state.pending.count >= Self.pendingBytesMax { Self.write(&state.pending, to: file) }
            }
            state.lines.append(
                Line(bytes: line, provider: record.provider, outcome: record.outcome, token: record.token)
            )
            if state.lines.count - state.dropped > linesMax {
                state.lines[state.dropped].bytes = []
                state.dropped += 1
                // Cutting off one by one would move the whole array each time.
                if state.dropped > linesMax {
                    state.lines.removeFirst(state.dropped)
                    state.dropped = 0
                }
            }
        }
    }

    /// NDJSON of the records kept in memory after that sequence number, oldest first.
    package func lines(since sequence: Int64, max: Int = .max, filter: Filter = Filter()) -> [UInt8] {
        state.withLock { state in
            let kept = state.lines.count - state.dropped
            let first = state.lastSequence - Int64(kept) + 1
            let skipped = Int(clamping: Swift.max(0, sequence - first + 1))
            guard skipped < kept else { return [] }
            let wanted = state.lines[(state.dropped + skipped)...].lazy.filter(filter.wants)
            return Array(wanted.prefix(max).map(\.bytes).joined())
        }
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Forgets the lines and the counts; the sequence goes on, the file stays as it is.
    package func clear() {
        state.withLock { state in
            state.lines = []
            state.dropped = 0
            state.counts.clear()
        }
    }

    package func countConnection(opened: Bool) {
        state.withLock { state in
            if opened { state.counts.connectionsOpened += 1 }
            state.counts.connectionsOpen += opened ? 1 : -1
        }
    }

    package func flush() {
        guard let file else { return }
        state.withLock { Self.write(&$0.pending, to: file) }
    }

    private static func write(_ pending: inout [UInt8], to file: AppendFile) {
        guard !pending.isEmpty else { return }
        file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
