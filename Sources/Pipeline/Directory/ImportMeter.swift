import DirectoryImport
import Domain
import Synchronization

/// How far the import under way has come; written by its threads, read by whoever asks.
final class ImportMeter: Sendable {
    private struct State {
        var progress: ImportProgress
        var reading: ReadingMeter
    }

    /// nil: no import is under way.
    private let state = Mutex<State?>(nil)

    var progress: ImportProgress? {
        state.withLock { state in
            guard let state else { return nil }
            var progress = state.progress
            // Of files that are read more than once, at most all.
            progress.bytes = min(state.reading.bytes, progress.bytesTotal ?? .max)
            return progress
        }
    }

    func begin() { state.withLock { $0 = State(progress: ImportProgress(), reading: ReadingMeter()) } }

    func end() { state.withLock { $0 = nil } }

    var reading: ReadingMeter? { state.withLock { $0?.reading } }

    func has(bytes: Int) { state.withLock { $0?.progress.bytesTotal = bytes } }

    func read(_ records: Int) { state.withLock { $0?.progress.read += records } }

    func staged(_ records: Int) { state.withLock { $0?.progress.staged += records } }

    func applies() { state.withLock { $0?.progress.step = .applying } }
}
