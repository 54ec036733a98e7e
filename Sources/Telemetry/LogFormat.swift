package enum LogFormat: String, Sendable {
    /// One JSON object per line, for collectors.
    case json
    /// `ts level label message key=value`, for people.
    case text
}
