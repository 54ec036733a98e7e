import Synchronization

/// Counts the bytes of an export's files as they are read, for whoever waits for the end.
package final class ReadingMeter: Sendable {
    /// That of the reading under way on this thread: files are opened by the reader of each format.
    @TaskLocal package static var current: ReadingMeter?

    private let count = Atomic(0)

    package init() {}

    package var bytes: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.wrappingAdd(bytes, ordering: .relaxed) }

    /// Bytes of plain files; one that cannot be opened is left to its reader.
    package static func bytes(ofFiles paths: [String]) -> Int {
        paths.reduce(0) { sum, path in
            do { return sum + (try InputFile(path: path)).bytes } catch { return sum }
        }
    }
}
