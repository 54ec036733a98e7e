package import Logging

/// Writes each log entry as one line, with one `write`, so that lines of several threads never mix (up to `PIPE_BUF` on a
/// pipe, any length on a file).
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> Int64
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - label: the logger's name.
    ///   - format: of the lines.
    ///   - level: entries below it are not written.
    ///   - metadataProvider: of the task that logs.
    ///   - now: the wall clock in milliseconds since 1970.
    ///   - sink: takes a whole line, its line feed included.
    package init(
        label: String,
        format: LogFormat,
        level: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Int64,
        sink: @escaping @Sendable ([UInt8]) -> Void = LineLogHandler.standardError
    ) {
        self.label = label
        self.format = format
        logLevel = level
        self.metadataProvider = metadataProvider
        self.now = now
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        let line = LogLine(
            milliseconds: now(),
            level: event.level,
            label: label,
            message: "\(event.message)",
            metadata: all
        )
        sink(Array(format == .json ? line.json.utf8 : line.text.utf8))
    }
}
