import Foundation

/// A folder of its own for a test; removed, with everything in it, with the value.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.path() + "carillon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            // Left behind in the temporary folder; the system removes it.
        }
    }
}
