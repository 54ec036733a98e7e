import Foundation

/// Whole small files; what goes wrong is Foundation's error, which names the file.
package enum Files {
    package static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    /// Replaces the file as a whole (written beside it, then renamed), mode 0600.
    package static func write(_ content: some Collection<UInt8>, to path: String) throws {
        try Data(content).write(to: URL(filePath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// Makes the folder, mode 0700, unless it is there; its parent must exist.
    package static func makeFolder(_ path: String) throws {
        guard !exists(path) else { return }
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
